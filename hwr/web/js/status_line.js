/** What the page says besides its answers: a note that is seen, and words for a screen reader. */

/** Milliseconds without news after which a screen reader is told: nobody can listen faster. */
const PAUSE = 700;

/** An error whose message is a sentence for the person at the page. */
export class Refused extends Error {}

/** A line that says what went wrong; it takes no room as long as there is nothing to say. */
export class Note {
  /** @param {HTMLElement} line */
  constructor(line) {
    this.line = line;
    /** Whether what it says is never over. */
    this.lasting = false;
  }

  /**
   * Show a sentence; screen readers read it at once.
   *
   * @param {string} sentence
   * @param {HTMLButtonElement} [way] What to do instead.
   */
  say(sentence, way) {
    const ways = [way, this.lasting ? null : this.close()].filter((button) => button);
    this.line.replaceChildren(sentence, ...ways.flatMap((button) => [" ", button]));
    this.line.hidden = false;
  }

  /** Make a button that takes the note away: it may lie over others. */
  close() {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Close";
    button.addEventListener("click", () => this.clear());
    return button;
  }

  /** Show nothing. */
  clear() {
    if (this.lasting) return;
    this.line.hidden = true;
    this.line.replaceChildren();
  }

  /** Do something, and show what goes wrong, which would be seen by nobody. */
  async guard(action) {
    try {
      await action();
    } catch (error) {
      // The modules that read refuse with a RangeError, in a sentence too.
      if (error instanceof Refused || error instanceof RangeError) this.say(error.message);
      else {
        this.say(`That failed (${error}): clear the pad and try again.`);
        throw error; // whoever looks into the browser's console finds the place
      }
    }
  }
}

/** The region that a screen reader reads when it has changed. */
export class Heard {
  /** @param {HTMLElement} region */
  constructor(region) {
    this.region = region;
    this.timer = 0;
  }

  /**
   * Have a sentence read aloud when nothing newer has come for a while.
   *
   * @param {string} sentence
   * @param {number} [wait] Milliseconds.
   */
  tell(sentence, wait = PAUSE) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      // The same sentence again would be no change, and not be heard.
      const same = this.region.textContent === sentence;
      this.region.textContent = same ? `${sentence}\u00a0` : sentence;
    }, wait);
  }
}
