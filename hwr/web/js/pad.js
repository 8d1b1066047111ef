/** What both ways to read, a character and a word, share: a pad, its buttons, its answer. */
import { drawWithKeys } from "hwr/keys.js";
import { Newest } from "hwr/newest.js";
import { Pad } from "hwr/pad.js";
import { drawWithPointers } from "hwr/pointers.js";
import { EMPTY } from "hwr/says.js";

export class View {
  /**
   * @param {HTMLElement} section
   * @param {Object} kind As for a `Pad`.
   * @param {{note: import("hwr/notes.js").Note, heard: import("hwr/notes.js").Heard}} told
   */
  constructor(section, kind, { note, heard }) {
    Object.assign(this, { section, note, heard });
    this.reader = null;
    /** What a screen reader was told last; that the pad is empty goes without saying at first. */
    this.spoken = this.last = EMPTY;
    this.newest = new Newest(() => note.guard(() => this.answer()));
    this.pad = new Pad(section.querySelector(".pad"), kind, (finished) => {
      note.clear();
      this.change(finished);
    });
    drawWithPointers(this.pad);
    drawWithKeys(this.pad, (sentence) => heard.tell(sentence, 0));
    this.does("undo", () => this.pad.undo());
    this.does("clear", () => this.pad.clear());
    this.does("predict", () => this.predict());
  }

  /** Let a button do something. */
  does(name, action) {
    const button = this.section.querySelector(`[data-does=${name}]`);
    button.addEventListener("click", () => this.note.guard(action));
  }

  /** Give the part of the page that shows something. */
  shows(name) {
    return this.section.querySelector(`[data-shows=${name}]`);
  }

  /** Start to read with a recogniser, or whatever else reads here. */
  start(reader) {
    this.reader = reader;
    this.newest.now();
  }

  /** Read at once, and have the answer read aloud without the pause. */
  predict() {
    this.newest.now();
    this.heard.tell(this.spoken, 0);
    // On a phone the answer may have been scrolled out of sight.
    this.shows("answer").scrollIntoView({ block: "nearest" });
  }

  /** Read soon: while a stroke is drawn, and once more when it is finished. */
  change() {
    this.newest.ask();
  }

  /** Say how long something took, and give its result. */
  timed(action) {
    const begun = performance.now();
    const result = action();
    this.took = performance.now() - begun;
    const said = `Answered in ${this.took.toFixed(1)} ms.`;
    this.shows("time").textContent = this.pad.empty ? "\u00a0" : said;
    return result;
  }

  /**
   * Say an answer: on the page at once, aloud after a pause.
   *
   * @param {(string | Node)[]} parts The sentence.
   * @param {?boolean} sure Nothing where there is no answer.
   * @param {string} spoken
   */
  say(parts, sure, spoken) {
    const line = this.shows("answer");
    line.replaceChildren(...parts);
    line.dataset.sure = sure ?? "";
    this.spoken = spoken;
    if (this.pad.drawing || spoken === this.last) return; // once a stroke, not at every move
    this.last = spoken;
    this.heard.tell(spoken);
  }
}

/** Make what was read stand out in a sentence. */
export function bold(text) {
  const node = document.createElement("b");
  node.textContent = text;
  return node;
}
