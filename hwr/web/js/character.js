/**
 * The pad for one character, read while it is drawn: `hwr/pads/character.py`, for a web page.
 *
 * @typedef {import("hwr/recognizer.js").Alphabet} Alphabet
 */
import { Bars } from "hwr/bars.js";
import { SIDE } from "hwr/ink.js";
import { Pad, bold } from "hwr/pad.js";
import { convertPicture, scaleToInk } from "hwr/picture.js";
import { NONE } from "hwr/recognizer.js";
import {
  among, className, formatPercent, hint, inOrder, isOutside, label, outsideSentence,
  screenReaderText, several, whatToDraw,
} from "hwr/sentences.js";
import { UserError } from "hwr/status_line.js";

/** The pen has its true width, `PEN`, if the character fills half of the sheet. */
const FORMAT = { hint: "Draw a character here", pen: 0.07 };
/** What the bars show. */
const CAPTION = "The most probable characters";
/** Length in pixels of a picture's longer side on the sheet. */
const PICTURE_SIDE = 360;

export class CharacterPad extends Pad {
  /**
   * @param {{alphabets: Alphabet[], outputs: Alphabet}} known Those that the page offers, the
   *   recogniser's own first; and all that its network knows.
   */
  constructor(section, outputs, known) {
    super(section, FORMAT, outputs);
    const { alphabets } = (this.known = known);
    const choices = section.querySelector("#alphabets");
    choices.append(...inOrder(alphabets).map((each) => choice(each, each === alphabets[0])));
    choices.hidden = alphabets.length < 2;
    choices.classList.toggle("many", alphabets.length > 4);
    this.bars = new Bars(section.querySelector(".bars tbody"));
    this.thumbnail = section.querySelector(".network-input canvas");
    for (const choice of section.querySelectorAll("[name=alphabet]")) {
      choice.addEventListener("change", () => this.chooseAlphabet());
    }
    this.chooseAlphabet();
  }

  /** Read the same ink with the chosen alphabet. */
  chooseAlphabet() {
    const name = this.section.querySelector("[name=alphabet]:checked").value;
    this.alphabet = this.known.alphabets.find((alphabet) => alphabet.name === name);
    this.section.querySelector("#alphabet-hint").textContent = hint(this.alphabet);
    this.bars.forget();
    this.throttle.flush();
  }

  /** Read a promised picture once it is open; a large one takes a moment. */
  async expect(picture) {
    this.output("answer").replaceChildren("Reading the picture …");
    try {
      this.lay(await picture);
    } finally {
      this.throttle.flush(); // if the picture was refused: the answer from before
    }
  }

  /**
   * Read a picture instead of a drawing.
   *
   * @param {import("hwr/character_picture.js").CharacterPicture} found
   * @throws {UserError} If there is no ink in it.
   */
  lay({ picture, count }) {
    const scaled = scaleToInk(picture, PICTURE_SIDE);
    if (!scaled) {
      throw new UserError("This picture shows only paper: give one of dark ink on bright paper.");
    }
    const mask = toCanvas(scaled, (grey) => [0, 0, 0, 255 * grey]);
    Object.assign(mask, { image: convertPicture(picture), count });
    this.sheet.lay(mask);
  }

  answer() {
    if (!this.reader) return;
    const { sheet } = this;
    const count = sheet.picture?.count ?? 1;
    const reading = this.timed(() =>
      this.reader.read(sheet.picture?.image ?? sheet.strokes, this.alphabet.name),
    );
    reading.sure &&= count === 1;
    const { candidates, probabilities, alphabet, sure, image } = reading;
    const { outputs } = this.known;
    const outside = isOutside(reading);
    this.bars.show(probabilities, alphabet, sure, sheet.drawing);
    this.bars.doubt(outside, outside ? `${among(alphabet)}, the most probable` : CAPTION);
    const certainty = candidates.length ? sure : null;
    this.say(sentence(reading, outputs), certainty, screenReaderText(reading, outputs));
    this.output("answer").classList.toggle("outside", outside);
    if (count > 1) this.status.say(several(count));
    this.output("best").replaceChildren(
      ...candidates.map(([character, share]) => {
        const item = document.createElement("li");
        item.append(bold(className(character, alphabet)), ` ${formatPercent(share)}`);
        return item;
      }),
    );
    this.output("best").classList.toggle("none", candidates.length === 0);
    this.showImage(image, candidates.length === 0);
  }

  /** Show the network's input in the colours of the sheet. */
  showImage(image, empty) {
    const pixels = { height: SIDE, width: SIDE, pixels: image };
    const ink = getComputedStyle(this.thumbnail).getPropertyValue("--dark") ? 255 : 0;
    const drawn = toCanvas(pixels, (grey) => [ink, ink, ink, grey]);
    const context = this.thumbnail.getContext("2d");
    context.clearRect(0, 0, SIDE, SIDE);
    context.drawImage(drawn, 0, 0);
    const content = empty ? "nothing yet" : "the drawing in 28 by 28 pixels";
    this.thumbnail.setAttribute("aria-label", `What the network sees: ${content}`);
  }
}

/** Return an answer as a sentence, with the runner-up if it is not sure. */
function sentence(reading, outputs) {
  const { candidates, alphabet, instead, sure } = reading;
  if (candidates.length === 0) return [whatToDraw(alphabet)];
  const [[best, share], other] = candidates;
  const name = bold(className(best, alphabet));
  if (isOutside(reading)) {
    const first = document.createElement("span");
    first.append(...withSign(outsideSentence(instead, alphabet, outputs), instead));
    const second = document.createElement("span");
    second.append(`${among(alphabet)}, most like `, name, ".");
    return [first, " ", second];
  }
  if (sure) return [name, `, ${formatPercent(share)} sure`];
  const rest = other ? [" or ", bold(className(other[0], alphabet))] : [];
  return ["not sure: perhaps ", name, ...rest];
}

/** Return a sentence that ends with the name of a character, with the character in bold. */
function withSign(text, character) {
  if (character === NONE) return [text];
  const start = text.replace(/\.$/, "");
  const spelt = start.endsWith(` ${character}`);
  return [spelt ? start.slice(0, -character.length) : `${start} `, bold(character), "."];
}

/** Return a radio button for an alphabet. */
function choice(alphabet, checked) {
  const [name, size] = label(alphabet);
  const input = Object.assign(document.createElement("input"), { type: "radio", name: "alphabet" });
  Object.assign(input, { value: alphabet.name, defaultChecked: checked });
  const count = document.createElement("small");
  count.textContent = `(${size})`;
  const text = document.createElement("span");
  text.append(`${name} `, count);
  const whole = document.createElement("label");
  whole.append(input, text);
  return whole;
}

/** Return a picture as a canvas; `rgba` turns a grey into red, green, blue and opacity. */
function toCanvas({ height, width, pixels }, rgba) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const data = new ImageData(width, height);
  pixels.forEach((grey, i) => data.data.set(rgba(grey), 4 * i));
  canvas.getContext("2d").putImageData(data, 0, 0);
  return canvas;
}
