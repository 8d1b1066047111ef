/**
 * A word, read while it is written: boxes around its letters, its text below, other readings.
 *
 * Ink comes first here too: where reading takes long it waits until the pen rests, as in
 * `hwr/writing.py`.
 */
import { heardWord, percent } from "hwr/says.js";
import { View, bold } from "hwr/view.js";

/** Milliseconds that reading takes: up to the first it is done while a stroke is drawn, from the
 * second on it waits until the pen rests. */
const FLUENT = 25;
const SLOW = 50;
/** Milliseconds without a stroke, after which the pen rests. */
const REST = 300;
const KIND = { hint: "Write a word here, in separate letters", pen: 0.038, rule: 0.68 };
const NOTHING = { text: "", probability: 0, alternatives: [], boxes: [], sure: false };

export class Writing extends View {
  constructor(section, told) {
    super(section, KIND, told);
    this.took = 0;
    this.word = NOTHING;
    /** The reading that a person chose in place of the first. */
    this.chosen = null;
    for (const choice of section.querySelectorAll("[name=language]")) {
      choice.addEventListener("change", () => {
        this.took = 0;
        this.newest.now();
      });
    }
  }

  change(finished) {
    const fast = this.took <= (finished ? SLOW : FLUENT);
    if (fast || this.pad.empty) this.newest.ask();
    else if (finished) this.newest.later(REST);
    else this.newest.stop();
  }

  answer() {
    if (!this.reader) return;
    const language = this.section.querySelector("[name=language]:checked").value;
    this.reader.learn(language); // which happens once, and is no part of the reading
    this.word = this.timed(() => this.reader.read(this.pad.strokes, language));
    this.chosen = null;
    this.show();
  }

  /** Take another reading as the text. */
  choose(text) {
    this.chosen = text === this.word.text ? null : text;
    this.show();
    this.heard.tell(`The text is now ${text}.`, 0);
  }

  show() {
    const { word, chosen, pad } = this;
    const text = chosen ?? word.text;
    const sure = word.sure || chosen !== null;
    this.say(this.sentence(), pad.empty ? null : sure, heardWord(word, pad.empty));
    this.shows("text").textContent = text || "\u00a0";
    this.shows("others").replaceChildren(...this.others(text));
    this.section.querySelector(".others").classList.toggle("none", word.alternatives.length === 0);
    const letters = [...text];
    const marks = word.boxes.map(([left, top, right, bottom], i) => ({
      ...{ left, top, right, bottom },
      label: letters.length === word.boxes.length ? letters[i] : "",
    }));
    pad.mark(marks, sure);
  }

  /** Say what was read in a sentence. */
  sentence() {
    const { text, probability, alternatives, sure } = this.word;
    if (this.pad.empty) return ["Write a word, in separate letters"];
    if (this.chosen !== null) return [bold(this.chosen), ", as you chose"];
    if (!text) return ["not sure: this looks like no letters"];
    if (sure) return [bold(text), `, ${percent(probability)} sure`];
    const rest = alternatives.length ? [" or ", bold(alternatives[0][0])] : [];
    return ["not sure: perhaps ", bold(text), ...rest];
  }

  /** Make a button for each reading but the one that is shown. */
  others(shown) {
    const { text, probability, alternatives } = this.word;
    const all = [[text, probability], ...alternatives];
    return all.filter(([other]) => other && other !== shown).map(([other, share]) => {
      const button = document.createElement("button");
      button.type = "button";
      const chance = document.createElement("small");
      chance.textContent = ` ${percent(share)}`;
      button.append(bold(other), chance);
      button.addEventListener("click", () => {
        this.choose(other);
        this.shows("others").querySelector("button")?.focus(); // the pressed one is gone
      });
      return button;
    });
  }
}
