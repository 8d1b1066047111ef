/** Messages besides the answers: a visible line, and a live region for screen readers. */

/** Milliseconds without news after which a screen reader speaks: nobody can listen faster. */
const PAUSE = 700;

/** Return a button with a label (texts or elements). */
export function makeButton(label, onClick) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...[label].flat());
  button.addEventListener("click", onClick);
  return button;
}

/** An error whose message is a sentence for the user. */
export class UserError extends Error {}

/** A line that says what went wrong. It takes no room while it is empty. */
export class StatusLine {
  /** @param {HTMLElement} line */
  constructor(line) {
    this.line = line;
    /** Whether the message stays for good. */
    this.permanent = false;
  }

  /**
   * Show a sentence, which screen readers read at once.
   *
   * @param {string} sentence
   * @param {HTMLButtonElement} [remedy] A button that offers another way.
   */
  say(sentence, remedy) {
    // The line may cover something, so that it can be closed.
    const close = this.permanent ? null : makeButton("Close", () => this.clear());
    const buttons = [remedy, close].filter(Boolean);
    this.line.replaceChildren(sentence, ...buttons.flatMap((button) => [" ", button]));
    this.line.hidden = false;
  }

  /** Empty the line. */
  clear() {
    if (this.permanent) return;
    this.line.hidden = true;
    this.line.replaceChildren();
  }

  /** Run an action, and show its errors, which would go unseen. */
  async guard(action) {
    try {
      await action();
    } catch (error) {
      // The modules that read throw RangeErrors, whose messages are sentences too.
      if (error instanceof UserError || error instanceof RangeError) this.say(error.message);
      else {
        this.say(`That failed (${error}): clear the pad and try again.`);
        throw error; // for the browser's console
      }
    }
  }
}

/** A region that screen readers read aloud whenever it changes. */
export class LiveRegion {
  /** @param {HTMLElement} region */
  constructor(region) {
    this.region = region;
    this.timer = 0;
  }

  /** Have a sentence read aloud, unless a newer one comes within `wait` milliseconds. */
  say(sentence, wait = PAUSE) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      // The same text again would be no change, and not be read.
      const same = this.region.textContent === sentence;
      this.region.textContent = same ? `${sentence}\u00a0` : sentence;
    }, wait);
  }
}
