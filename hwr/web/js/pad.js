/** What the pads for characters and for words share: a sheet, buttons, an answer. */
import { Sheet } from "hwr/canvas.js";
import { drawWithKeys } from "hwr/keys.js";
import { drawWithPointers } from "hwr/pointers.js";
import { EMPTY } from "hwr/sentences.js";
import { Throttle } from "hwr/throttle.js";

/** A subclass reads the sheet in `answer`. */
export class Pad {
  /**
   * @param {HTMLElement} section
   * @param {Object} format As for a `Sheet`.
   * @param {{status: import("hwr/status_line.js").StatusLine,
   *   spoken: import("hwr/status_line.js").LiveRegion}} outputs
   */
  constructor(section, format, { status, spoken }) {
    Object.assign(this, { section, status, spoken });
    this.reader = null;
    /** The newest text for screen readers, and the last one sent; a pad is known to begin empty. */
    this.text = this.sent = EMPTY;
    this.throttle = new Throttle(() => status.guard(() => this.answer()));
    const changed = (finished) => {
      status.clear();
      this.change(finished);
    };
    const announce = (sentence) => spoken.say(sentence, 0);
    this.sheet = new Sheet(section.querySelector(".pad"), format, changed, announce);
    drawWithPointers(this.sheet);
    drawWithKeys(this.sheet);
    const join = section.querySelector("[name=join]");
    join.addEventListener("change", () => this.sheet.join(join.checked));
    this.onClick("undo", () => this.sheet.undo());
    this.onClick("clear", () => this.sheet.clear());
    this.onClick("predict", () => this.predict());
  }

  /** Connect a button with an action. */
  onClick(name, action) {
    const button = this.section.querySelector(`[data-action=${name}]`);
    button.addEventListener("click", () => this.status.guard(action));
  }

  /** Return the element for an output. */
  output(name) {
    return this.section.querySelector(`[data-output=${name}]`);
  }

  /** Start to read with a recogniser or a word reader. */
  start(reader) {
    this.reader = reader;
    this.throttle.flush();
  }

  /** Read at once, and have the answer read aloud without a pause. */
  predict() {
    this.throttle.flush();
    this.spoken.say(this.text, 0);
    // On a phone the answer may have been scrolled out of sight.
    this.output("answer").scrollIntoView({ block: "nearest" });
  }

  /** Read soon: while a stroke is drawn, and once more when it is finished. */
  change() {
    this.throttle.request();
  }

  /** Run an action, show how long it took, and return its result. */
  timed(action) {
    const begun = performance.now();
    const result = action();
    this.duration = performance.now() - begun;
    const text = `Answered in ${this.duration.toFixed(1)} ms.`;
    this.output("time").textContent = this.sheet.empty ? "\u00a0" : text;
    return result;
  }

  /**
   * Show an answer at once, and have it read aloud after a pause.
   *
   * @param {(string | Node)[]} parts The sentence.
   * @param {?boolean} sure Null if there is no answer.
   * @param {string} text For screen readers.
   */
  say(parts, sure, text) {
    const line = this.output("answer");
    line.replaceChildren(...parts);
    line.dataset.sure = sure ?? "";
    this.text = text;
    if (this.sheet.drawing || text === this.sent) return; // once a stroke, not at every move
    this.sent = text;
    this.spoken.say(text);
  }
}

/** Return a text in bold. */
export function bold(text) {
  const node = document.createElement("b");
  node.textContent = text;
  return node;
}
