/** The pad for a word, read while it is written: `hwr/pads/writing.py`, for a web page. */
import { Pad, bold } from "hwr/pad.js";
import { formatPercent, wordScreenReaderText } from "hwr/sentences.js";
import { makeButton } from "hwr/status_line.js";

/** Milliseconds of a reading up to which words are read while a stroke is drawn. */
const FLUENT = 25;
/** Milliseconds of a reading above which it waits until the pen rests. */
const SLOW = 50;
/** Milliseconds without a stroke after which the pen rests. */
const REST = 300;
const FORMAT = { hint: "Write a word here", pen: 0.038, rule: 0.68 };
const NOTHING = { text: "", probability: 0, alternatives: [], boxes: [], sure: false };

export class WritingPad extends Pad {
  constructor(section, outputs) {
    super(section, FORMAT, outputs);
    this.duration = 0;
    this.word = NOTHING;
    /** The text that the user chose instead of the best one, or null. */
    this.chosen = null;
    for (const choice of section.querySelectorAll("[name=language]")) {
      choice.addEventListener("change", () => {
        this.duration = 0;
        this.throttle.flush();
      });
    }
  }

  change(finished) {
    const fast = this.duration <= (finished ? SLOW : FLUENT);
    if (fast || this.sheet.empty) this.throttle.request();
    else if (finished) this.throttle.debounce(REST);
    else this.throttle.cancel();
  }

  answer() {
    if (!this.reader) return;
    const language = this.section.querySelector("[name=language]:checked").value;
    this.word = this.timed(() => this.reader.read(this.sheet.strokes, language));
    this.chosen = null;
    this.show();
  }

  /** Take another reading as the text. */
  choose(text) {
    this.chosen = text === this.word.text ? null : text;
    this.show();
    this.spoken.say(`The text is now ${text}.`, 0);
  }

  show() {
    const { word, chosen, sheet } = this;
    const text = chosen ?? word.text;
    const sure = word.sure || chosen !== null;
    this.say(this.sentence(), sheet.empty ? null : sure, wordScreenReaderText(word, sheet.empty));
    this.output("answer").classList.toggle("outside", !sheet.empty && !text);
    this.output("text").textContent = text || "\u00a0";
    this.output("others").replaceChildren(...this.otherButtons(text));
    this.section.querySelector(".others").classList.toggle("none", word.alternatives.length === 0);
    const letters = [...text];
    const boxes = word.boxes.map(([left, top, right, bottom], i) => ({
      ...{ left, top, right, bottom },
      label: letters.length === word.boxes.length ? letters[i] : "",
    }));
    sheet.mark(boxes, sure);
  }

  /** Return the answer as a sentence. */
  sentence() {
    const { text, probability, alternatives, sure } = this.word;
    if (this.sheet.empty) return ["Write a word"];
    if (this.chosen !== null) return [bold(this.chosen), ", as you chose"];
    if (!text) return ["nothing is read here: this looks like no writing"];
    if (sure) return [bold(text), `, ${formatPercent(probability)} sure`];
    const rest = alternatives.length ? [" or ", bold(alternatives[0][0])] : [];
    return ["not sure: perhaps ", bold(text), ...rest];
  }

  /** Return a button for each reading except the one that is shown. */
  otherButtons(shown) {
    const { text, probability, alternatives } = this.word;
    const all = [[text, probability], ...alternatives];
    return all.filter(([other]) => other && other !== shown).map(([other, share]) => {
      const chance = document.createElement("small");
      chance.textContent = ` ${formatPercent(share)}`;
      return makeButton([bold(other), chance], () => {
        this.choose(other);
        this.output("others").querySelector("button")?.focus(); // the pressed one is gone
      });
    });
  }
}
