/**
 * A sheet to draw on: strokes in, whatever draws them; every change can be taken back.
 *
 * The strokes are kept as numbers and the sheet only shows them, so that it can be shown anew,
 * sharp, in any size. Who draws is told in `pointers.js` and `keys.js`.
 *
 * @typedef {import("hwr/ink.js").Stroke} Stroke
 * @typedef {{left: number, top: number, right: number, bottom: number, label: string}} Mark
 */

/** Dashes of a box in doubt, for who does not tell colours apart; as in `hwr/marks.py`. */
const DASH = [4, 3];
/** Changes that can be taken back, at most. */
const REMEMBERED = 200;

export class Pad {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Object} kind What the sheet is made for.
   * @param {string} kind.hint Stands on the empty sheet.
   * @param {number} kind.pen Width of the pen, as a share of the sheet's height.
   * @param {number} [kind.rule] Where the line to write on lies, as a share of the height.
   * @param {(finished: boolean) => void} onChange Called with true after a change is finished (pen
   *   lifted, undo, clear), with false while a stroke is being drawn.
   */
  constructor(canvas, { hint, pen, rule = 0 }, onChange) {
    Object.assign(this, { canvas, hint, pen, rule, onChange });
    /** @type {Stroke[]} In CSS pixels of a sheet as large as it was when it was empty. */
    this.strokes = [];
    /** What lies on the sheet instead of strokes: a grey mask (a canvas), or nothing. */
    this.picture = null;
    this.drawing = false;
    /** @type {Mark[]} */
    this.marks = [];
    this.sure = true;
    /** Where the keyboard's pen stands, while it is in use. */
    this.cursor = null;
    this.before = [];
    this.scale = 1;
    this.frame = 0;
    new ResizeObserver(() => this.paint()).observe(canvas);
    for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
      matchMedia(query).addEventListener("change", () => this.paint());
    }
    addEventListener("resize", () => this.paint()); // the zoom may have changed
  }

  /** Whether nothing is on the sheet. */
  get empty() {
    return this.strokes.length === 0 && !this.picture;
  }

  /** Width and height of the sheet, in the strokes' unit. */
  get size() {
    return [this.canvas.clientWidth / this.scale, this.canvas.clientHeight / this.scale];
  }

  // --- one stroke --------------------------------------------------------------------------------

  /** Put the pen down at a point, in the strokes' unit. */
  begin(point) {
    this.end();
    this.remember();
    this.strokes = this.picture ? [[point]] : [...this.strokes, [point]];
    this.picture = null;
    this.drawing = true;
    this.changed(false);
  }

  /** Move the pen through some points; nothing is drawn while it is up. */
  extend(points) {
    if (!this.drawing) return;
    this.strokes.at(-1).push(...points);
    this.changed(false);
  }

  /** Lift the pen. */
  end() {
    if (!this.drawing) return;
    this.drawing = false;
    this.changed(true);
  }

  /** Take the stroke that is being drawn off the sheet: it was no stroke, but a palm. */
  discard() {
    if (!this.drawing) return;
    this.drawing = false;
    this.show(this.before.pop());
  }

  // --- the whole sheet ---------------------------------------------------------------------------

  /** Take back the last change: a stroke, a picture, or the clearing of the sheet. */
  undo() {
    this.end();
    if (this.before.length) this.show(this.before.pop());
  }

  /** Take an empty sheet. */
  clear() {
    this.end();
    if (!this.empty) this.remember();
    this.show({ strokes: [], picture: null });
  }

  /** Lay a picture on the sheet in place of what is there. */
  lay(picture) {
    this.end();
    this.remember();
    this.show({ strokes: [], picture });
  }

  remember() {
    this.before.push({ strokes: this.strokes, picture: this.picture });
    if (this.before.length > REMEMBERED) this.before.shift();
  }

  show({ strokes, picture }) {
    Object.assign(this, { strokes, picture });
    this.changed(true);
  }

  changed(finished) {
    this.paint();
    this.onChange(finished);
  }

  /** Draw these boxes, in place of those that are there. */
  mark(marks, sure) {
    Object.assign(this, { marks, sure });
    this.paint();
  }

  // --- how it is shown ---------------------------------------------------------------------------

  /** Show everything anew, in the next frame. */
  paint() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  draw() {
    const { canvas } = this;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (!width) return; // it is not on the page
    this.fit(width, height);
    const pen = canvas.getContext("2d");
    const density = canvas.width / width;
    const style = getComputedStyle(canvas);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    pen.setTransform(density, 0, 0, density, 0, 0);
    pen.clearRect(0, 0, width, height);
    this.drawSheet(pen, width, height, colour);
    pen.scale(this.scale, this.scale);
    this.drawMarks(pen, colour(this.sure ? "sure" : "unsure"));
    this.drawInk(pen, colour("ink"));
    if (this.cursor) this.drawCursor(pen, colour("sure"));
  }

  /** Follow the size of the sheet on the page, and the screen's density. */
  fit(width, height) {
    const [across, down] = [width, height].map((side) => Math.round(side * devicePixelRatio));
    if (this.canvas.width !== across) this.canvas.width = across;
    if (this.canvas.height !== down) this.canvas.height = down;
    if (this.strokes.length === 0 || !this.reference) this.reference = [width, height];
    this.scale = Math.min(width / this.reference[0], height / this.reference[1]);
    this.line = this.pen * this.reference[1];
  }

  drawSheet(pen, width, height, colour) {
    if (this.rule) {
      pen.fillStyle = colour("rule");
      pen.fillRect(0.04 * width, Math.round(this.rule * height), 0.92 * width, 1);
    }
    if (this.picture) {
      const factor = (0.8 * Math.min(width, height)) / Math.max(this.picture.width, this.picture.height);
      const [across, down] = [factor * this.picture.width, factor * this.picture.height];
      const where = [(width - across) / 2, (height - down) / 2, across, down];
      pen.drawImage(this.picture, ...where);
      pen.globalCompositeOperation = "source-in"; // the mask lets through the colour of ink
      pen.fillStyle = colour("ink");
      pen.fillRect(0, 0, width, height);
      pen.globalCompositeOperation = "source-over";
    } else if (this.empty && !this.cursor) {
      pen.fillStyle = colour("hint");
      pen.font = `16px ${getComputedStyle(document.body).fontFamily}`;
      pen.textAlign = "center";
      pen.fillText(this.hint, width / 2, 0.46 * height, 0.94 * width);
    }
  }

  drawInk(pen, ink) {
    pen.strokeStyle = ink;
    pen.lineWidth = this.line;
    pen.lineCap = pen.lineJoin = "round";
    for (const [[x, y], ...others] of this.strokes) {
      pen.beginPath();
      pen.moveTo(x, y);
      if (others.length === 0) pen.lineTo(x, y); // a dot
      for (const point of others) pen.lineTo(...point);
      pen.stroke();
    }
  }

  drawMarks(pen, colour) {
    pen.strokeStyle = pen.fillStyle = colour;
    pen.lineWidth = 1.5;
    pen.font = "18px ui-monospace, Menlo, Consolas, monospace";
    pen.textAlign = "center";
    pen.setLineDash(this.sure ? [] : DASH);
    const margin = this.line / 2 + 2;
    for (const { left, top, right, bottom, label } of this.marks) {
      const [width, height] = [right - left + 2 * margin, bottom - top + 2 * margin];
      pen.strokeRect(left - margin, top - margin, width, height);
      pen.fillText(label, (left + right) / 2, Math.max(top - margin - 5, 15));
    }
    pen.setLineDash([]);
  }

  /** The keyboard's pen: a ring, filled while it is down. */
  drawCursor(pen, colour) {
    pen.beginPath();
    pen.arc(...this.cursor, Math.max(this.line / 2, 6), 0, 2 * Math.PI);
    pen.lineWidth = 3;
    pen.strokeStyle = pen.fillStyle = colour;
    pen.stroke();
    if (this.drawing) pen.fill();
  }
}
