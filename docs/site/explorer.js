/** The network opened up: a sheet, and the maps that each step of the network makes of the drawing. */
import { Pad, bold } from "hwr/pad.js";
import { Recognizer } from "hwr/recognizer.js";
import { EMPTY, formatPercent, modelSentence } from "hwr/sentences.js";
import { LiveRegion, StatusLine } from "hwr/status_line.js";

const element = (id) => document.getElementById(id);
/** What is shown of a network: its operations that a lesson names. */
const NAMES = {
  CONV_2D: "convolution", DEPTHWISE_CONV_2D: "depthwise convolution", MAX_POOL_2D: "max pooling",
  AVERAGE_POOL_2D: "average pooling", ADD: "sum", MEAN: "mean", FULLY_CONNECTED: "dense layer",
};
/** The page's colours for positive and negative values, as red, green and blue. */
const LIGHT = [[0, 114, 178], [213, 94, 0]];
const DARK = [[86, 180, 233], [240, 160, 75]];
/** Cells between two maps, and maps or units in a row. */
const GAP = 1;
const IN_ROW = innerWidth < 480 ? 8 : 16;
const UNITS = 32;

/** A step's output as a picture: its maps beside and below each other. */
class Step {
  constructor(kind, number, [, height, width, maps], tell) {
    // A dense layer's output has no rows and columns.
    if (maps === undefined) [height, width, maps] = [1, 1, height];
    Object.assign(this, { height, width, maps, tell, at: 0 });
    this.gap = height * width > 1 ? GAP : 0;
    this.inRow = Math.min(maps, this.gap ? IN_ROW : UNITS);
    this.name = `${number} ${NAMES[kind]}`;
    this.canvas = document.createElement("canvas");
    this.canvas.width = this.inRow * (width + this.gap);
    this.canvas.height = Math.ceil(maps / this.inRow) * (height + this.gap);
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    const caption = document.createElement("figcaption");
    caption.textContent = this.gap
      ? `${this.name}: ${maps} maps of ${height} × ${width}`
      : `${this.name}: ${maps} units`;
    this.canvas.setAttribute("aria-label", `${caption.textContent}; the arrow keys read values`);
    this.figure = document.createElement("figure");
    this.figure.append(caption, this.canvas);
    this.canvas.addEventListener("click", (event) => this.point(event));
    this.canvas.addEventListener("keydown", (event) => this.move(event));
  }

  /** Return the place of a value in the picture. */
  place(index) {
    const map = index % this.maps;
    const cell = Math.floor(index / this.maps);
    const [row, column] = [Math.floor(cell / this.width), cell % this.width];
    const x = (map % this.inRow) * (this.width + this.gap) + column;
    const y = Math.floor(map / this.inRow) * (this.height + this.gap) + row;
    return { map, row, column, x, y };
  }

  /** Draw the values: the stronger, the less transparent, on light and on dark paper. */
  show(values) {
    this.values = values;
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
    const dark = getComputedStyle(this.canvas).getPropertyValue("--dark");
    const [positive, negative] = dark ? DARK : LIGHT;
    const context = this.canvas.getContext("2d");
    const picture = context.createImageData(this.canvas.width, this.canvas.height);
    values.forEach((value, index) => {
      const { x, y } = this.place(index);
      const alpha = Math.round((255 * Math.abs(value)) / largest);
      picture.data.set([...(value < 0 ? negative : positive), alpha], 4 * (y * picture.width + x));
    });
    context.putImageData(picture, 0, 0);
  }

  /** Tell a value and its place. */
  read(index) {
    this.at = index;
    const { map, row, column } = this.place(index);
    const where = this.gap ? `map ${map}, row ${row}, column ${column}` : `unit ${map}`;
    this.tell(`${this.name}, ${where}: ${this.values[index].toFixed(3)}`);
  }

  /** Read the value that was clicked on. */
  point({ offsetX, offsetY }) {
    const scale = this.canvas.width / this.canvas.clientWidth;
    const [x, y] = [offsetX * scale, offsetY * scale].map(Math.floor);
    const found = Array.from(this.values.keys()).find((index) => {
      const place = this.place(index);
      return place.x === x && place.y === y;
    });
    if (found !== undefined) this.read(found);
  }

  /** Go on to a neighbour: by arrow keys in a map, by page keys to another map. */
  move(event) {
    const row = this.width * this.maps;
    const unit = this.gap ? this.maps : 1;
    const steps = {
      ArrowLeft: -unit, ArrowRight: unit, ArrowUp: -row, ArrowDown: row, PageUp: -1, PageDown: 1,
    };
    const next = this.at + steps[event.key];
    if (!(event.key in steps)) return;
    event.preventDefault();
    if (next >= 0 && next < this.values.length) this.read(next);
  }
}

/** The sheet and the steps. */
class Explorer extends Pad {
  /** Read the sheet, and show every step. */
  answer() {
    if (!this.reader) return;
    const reading = this.timed(() => this.reader.read(this.sheet.strokes));
    this.showSteps(reading.image);
    if (!reading.candidates.length) return this.say([EMPTY], null, EMPTY);
    const [best, share] = reading.candidates[0];
    const rest = `, ${formatPercent(share)}`;
    this.say([bold(best), rest], reading.sure, best + rest);
  }

  showSteps(image) {
    const outputs = [];
    this.reader.network.run([image], ({ kind }, tensor) => {
      if (kind in NAMES) outputs.push({ kind, shape: tensor.shape, values: tensor.dataSync() });
    });
    this.steps ??= outputs.map(({ kind, shape }, i) =>
      new Step(kind, i + 1, shape, (text) => (this.output("value").textContent = text)));
    this.output("steps").replaceChildren(...this.steps.map(({ figure }) => figure));
    outputs.forEach(({ values }, i) => this.steps[i].show(values));
  }
}

const data = JSON.parse(element("data").textContent);
const outputs = {
  status: new StatusLine(element("note")),
  spoken: new LiveRegion(element("spoken")),
};
document.querySelector("[data-output=model]").textContent = modelSentence(data.card);
const format = { hint: "Draw a character here", pen: 0.07 };
const explorer = new Explorer(element("explorer"), format, outputs);
addEventListener("resize", () => explorer.throttle.request()); // the theme may have changed
Recognizer.load(data).then(
  (recognizer) => explorer.start(recognizer),
  ({ message }) => {
    const advice = "open the page in a newer Chrome, Edge, Firefox or Safari";
    outputs.status.say(`The network cannot start (${message}): ${advice}.`);
  },
);
