/**
 * A sheet to draw on: strokes in, whatever draws them; every change can be taken back.
 *
 * The strokes are kept as numbers and the sheet only shows them, so that it can be shown anew,
 * sharp, in any size. Who draws is told in `pointers.js` and `keys.js`.
 *
 * @typedef {import("hwr/ink.js").Stroke} Stroke
 * @typedef {{left: number, top: number, right: number, bottom: number, label: string}} Mark
 */
import { draw } from "hwr/sheet.js";

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
      const { clientWidth: width, clientHeight: height } = this.canvas;
      if (!width) return; // it is not on the page
      this.fit(width, height);
      draw(this);
    });
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
}
