/** One character, read while it is drawn: sentence, bars, and the picture that the network sees. */
import { Bars } from "hwr/bars.js";
import { SIDE } from "hwr/ink.js";
import { Refused } from "hwr/notes.js";
import { atOneSize, convertPicture } from "hwr/picture.js";
import { HINTS, heard, name, percent } from "hwr/says.js";
import { View, bold } from "hwr/view.js";

/** A pen as wide as it will count: `PEN` of a character that fills half of the sheet. */
const KIND = { hint: "Draw a character here", pen: 0.07 };
/** Pixels of a picture's longer side when it is shown on the sheet. */
const SHOWN = 360;

export class Character extends View {
  constructor(section, told) {
    super(section, KIND, told);
    this.bars = new Bars(section.querySelector(".bars tbody"));
    this.seen = section.querySelector(".seen canvas");
    for (const choice of section.querySelectorAll("[name=alphabet]")) {
      choice.addEventListener("change", () => this.choose());
    }
    this.choose();
  }

  /** Read the same ink in the alphabet that is chosen. */
  choose() {
    this.alphabet = this.section.querySelector("[name=alphabet]:checked").value;
    this.section.querySelector("#alphabet-hint").textContent = HINTS[this.alphabet];
    this.bars.forget();
    this.newest.now();
  }

  /**
   * Read a picture as soon as it is opened; a large one takes a moment.
   *
   * @param {Promise<import("hwr/ink.js").Picture>} picture
   */
  async expect(picture) {
    this.shows("answer").replaceChildren("Reading the picture …");
    try {
      this.lay(await picture);
    } finally {
      this.newest.now(); // of a picture that was refused, what was there before
    }
  }

  /**
   * Read a picture in place of a drawing.
   *
   * @param {import("hwr/ink.js").Picture} picture
   * @throws {Refused} If nothing is on it.
   */
  lay(picture) {
    const shown = atOneSize(picture, SHOWN);
    if (!shown) {
      throw new Refused("This picture shows only paper: give one of dark ink on bright paper.");
    }
    const mask = canvasOf(shown, (grey) => [0, 0, 0, 255 * grey]);
    mask.image = convertPicture(picture);
    this.pad.lay(mask);
  }

  answer() {
    if (!this.reader) return;
    const { pad } = this;
    const reading = this.timed(() =>
      this.reader.read(pad.picture?.image ?? pad.strokes, this.alphabet),
    );
    const { candidates, probabilities, alphabet, sure, image } = reading;
    this.bars.show(probabilities, alphabet, sure, pad.drawing);
    const certain = candidates.length ? sure : null;
    this.say(sentence(reading, alphabet), certain, heard(reading, alphabet));
    this.shows("best").replaceChildren(
      ...candidates.map(([character, share]) => {
        const item = document.createElement("li");
        item.append(bold(name(character, alphabet)), ` ${percent(share)}`);
        return item;
      }),
    );
    this.shows("best").classList.toggle("none", candidates.length === 0);
    this.picture(image, candidates.length === 0);
  }

  /** Show the image as it is drawn: ink on paper, in the colours of the sheet. */
  picture(image, empty) {
    const pixels = { height: SIDE, width: SIDE, pixels: image };
    const ink = getComputedStyle(this.seen).getPropertyValue("--dark") ? 255 : 0;
    const drawn = canvasOf(pixels, (grey) => [ink, ink, ink, grey]);
    const pen = this.seen.getContext("2d");
    pen.clearRect(0, 0, SIDE, SIDE);
    pen.drawImage(drawn, 0, 0);
    const what = empty ? "nothing yet" : "the drawing in 28 by 28 pixels";
    this.seen.setAttribute("aria-label", `What the network sees: ${what}`);
  }
}

/** Say an answer in a sentence, or what is doubted between. */
function sentence({ candidates, sure }, alphabet) {
  if (candidates.length === 0) return ["Draw a digit or a letter"];
  const [[best, share], other] = candidates;
  if (sure) return [bold(name(best, alphabet)), `, ${percent(share)} sure`];
  const rest = other ? [" or ", bold(name(other[0], alphabet))] : [];
  return ["not sure: perhaps ", bold(name(best, alphabet)), ...rest];
}

/** Give a picture as a canvas; `colour` gives red, green, blue and opacity of a grey. */
function canvasOf({ height, width, pixels }, colour) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const data = new ImageData(width, height);
  pixels.forEach((grey, i) => data.data.set(colour(grey), 4 * i));
  canvas.getContext("2d").putImageData(data, 0, 0);
  return canvas;
}
