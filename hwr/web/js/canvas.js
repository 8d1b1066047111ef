/**
 * A sheet to draw on, with its strokes: `hwr/pads/canvas.py`, for a web page.
 *
 * The strokes are kept as numbers, and the canvas only shows them: it can be redrawn, sharp, at any
 * size. `pointers.js` and `keys.js` draw on it.
 *
 * @typedef {import("hwr/ink.js").Stroke} Stroke
 * @typedef {{left: number, top: number, right: number, bottom: number, label: string}} LetterBox
 */
import { drawSheet } from "hwr/rendering.js";

/** Number of changes that can be undone. */
const MAX_UNDO = 200;

export class Sheet {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Object} format
   * @param {string} format.hint Text on the empty sheet.
   * @param {number} format.pen Width of the pen, as a share of the sheet's height.
   * @param {number} [format.rule] Place of the line to write on, as a share of the height.
   * @param {(finished: boolean) => void} onChange Called with true after a change is finished (pen
   *   lifted, undo, clear), with false while a stroke is being drawn.
   * @param {(sentence: string) => void} announce Tells screen readers what the pen does.
   */
  constructor(canvas, { hint, pen, rule = 0 }, onChange, announce) {
    Object.assign(this, { canvas, hint, pen, rule, onChange, announce });
    /** @type {Stroke[]} In CSS pixels of the sheet as large as it was when it was empty. */
    this.strokes = [];
    /** A picture in place of strokes: a grey mask (a canvas), or null. */
    this.picture = null;
    this.drawing = false;
    /** Whether single taps set points that are joined by straight lines. */
    this.joining = false;
    /** @type {LetterBox[]} */
    this.boxes = [];
    this.sure = true;
    /** Position of the keyboard's pen while it is in use. */
    this.cursor = null;
    this.history = [];
    this.scale = 1;
    this.frame = 0;
    new ResizeObserver(() => this.redraw()).observe(canvas);
    for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
      matchMedia(query).addEventListener("change", () => this.redraw());
    }
    addEventListener("resize", () => this.redraw()); // the zoom may have changed
  }

  /** Whether there is nothing on the sheet. */
  get empty() {
    return this.strokes.length === 0 && !this.picture;
  }

  /** Width and height of the sheet, in the unit of the strokes. */
  get size() {
    return [this.canvas.clientWidth / this.scale, this.canvas.clientHeight / this.scale];
  }

  // --- one stroke --------------------------------------------------------------------------------

  /** Put the pen down at a point, in the unit of the strokes. */
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

  /** Let single taps set points from now on, or let the pen draw again. */
  join(joining) {
    this.end();
    this.joining = joining;
  }

  /**
   * Draw a line from the last point to this one; on the last one once more, lift the pen.
   *
   * @param {number} reach Distance from the last point that counts as on it.
   */
  setPoint(point, reach) {
    const [x, y] = this.drawing ? this.tip : [NaN, NaN];
    if (Math.hypot(point[0] - x, point[1] - y) <= reach) {
      this.announce("Pen up.");
      this.end();
      return;
    }
    if (this.drawing) {
      this.remember();
      this.strokes = [...this.strokes.slice(0, -1), [...this.strokes.at(-1), point]];
      this.changed(false);
    } else {
      this.begin(point);
    }
    this.announce(`Point ${this.strokes.at(-1).length}.`);
  }

  /** Where the newest stroke ends. */
  get tip() {
    return this.strokes.at(-1)?.at(-1);
  }

  /** Remove the stroke that is being drawn: it was made by a palm. */
  discard() {
    if (!this.drawing) return;
    this.drawing = false;
    this.show(this.history.pop());
  }

  // --- the whole sheet ---------------------------------------------------------------------------

  /** Undo the last change: a stroke, a point that was joined, a picture, or a clearing. */
  undo() {
    this.end();
    if (!this.history.length) return;
    const before = this.history.pop();
    this.drawing = before.drawing && this.joining; // the next point is joined to the one before
    this.show(before);
    if (this.drawing) this.announce(`Point ${this.strokes.at(-1).length}.`);
  }

  /** Remove everything. */
  clear() {
    this.end();
    if (!this.empty) this.remember();
    this.show({ strokes: [], picture: null });
  }

  /** Replace everything by a picture. */
  lay(picture) {
    this.end();
    this.remember();
    this.show({ strokes: [], picture });
  }

  remember() {
    const { strokes, picture, drawing } = this;
    this.history.push({ strokes, picture, drawing });
    if (this.history.length > MAX_UNDO) this.history.shift();
  }

  show({ strokes, picture }) {
    Object.assign(this, { strokes, picture });
    this.changed(true);
  }

  changed(finished) {
    this.redraw();
    this.onChange(finished);
  }

  /** Replace the boxes around letters. */
  mark(boxes, sure) {
    Object.assign(this, { boxes, sure });
    this.redraw();
  }

  // --- on the screen -----------------------------------------------------------------------------

  /** Redraw everything in the next frame. */
  redraw() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      const { clientWidth: width, clientHeight: height } = this.canvas;
      if (!width) return; // the sheet is hidden
      this.fit(width, height);
      drawSheet(this);
    });
  }

  /** Adapt to the size of the sheet on the page, and to the pixel density of the screen. */
  fit(width, height) {
    const [across, down] = [width, height].map((side) => Math.round(side * devicePixelRatio));
    if (this.canvas.width !== across) this.canvas.width = across;
    if (this.canvas.height !== down) this.canvas.height = down;
    if (this.strokes.length === 0 || !this.reference) this.reference = [width, height];
    this.scale = Math.min(width / this.reference[0], height / this.reference[1]);
    this.penWidth = this.pen * this.reference[1];
  }
}
