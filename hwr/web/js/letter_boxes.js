/**
 * Where the letters of a word lie in its ink: `hwr/words/letter_boxes.py`, for a web page.
 *
 * @typedef {import("hwr/line_image.js").Frame} Frame
 * @typedef {import("hwr/line_image.js").LineImage} LineImage
 *
 * @typedef {[number, number, number, number]} Box
 * Left, top, right and bottom, y down, in the unit of the strokes.
 */

import { bounds, clip } from "hwr/ink.js";
import { COLUMNS_PER_FRAME, HEIGHT } from "hwr/line_image.js";

/** Share of a pixel's grey from which on it is ink. */
export const INK = 0.4;
/** Of a box beyond the middles of its outermost pixels, in pixels, but no farther than the ink. */
export const REACH = 1;

/**
 * Return the boxes of spans of frames.
 *
 * @param {import("hwr/ink.js").Stroke[]} strokes
 * @param {LineImage} image Of these strokes.
 * @param {Frame} frame
 * @param {[number, number][]} spans First frame, and the one after the last, from `align`.
 * @returns {Box[]}
 */
export function letterBoxes(strokes, image, { scale, left, top }, spans) {
  const ink = bounds(strokes);
  const x = (column) => clip(column / scale + left, ink.left, ink.right);
  const y = (row) => clip(row / scale + top, ink.top, ink.bottom);
  return between(spans.map((span) => span.map((place) => COLUMNS_PER_FRAME * place))).map((edges) => {
    const [first, highest, last, lowest] = inColumns(image, edges);
    return [x(first - REACH), y(highest - REACH), x(last + REACH), y(lowest + REACH)];
  });
}

/** Return spans widened to the middle of the gaps: CTC names a letter in part of its columns. */
function between(spans) {
  const middles = spans.slice(1).map(([start], i) => (start + spans[i][1]) / 2);
  return spans.map(([start, end], i) =>
    [middles[i - 1] ?? start - HEIGHT, middles[i] ?? end + HEIGHT]);
}

/** Return the box of the ink between two columns, in pixels; a flat one if there is none. */
function inColumns({ width, pixels }, [start, end]) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let column = Math.max(0, Math.ceil(start)); column < Math.min(width, end); column++) {
    for (let row = 0; row < HEIGHT; row++) {
      if (pixels[row * width + column] <= INK * 255) continue;
      [left, right] = [Math.min(left, column), column];
      [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
    }
  }
  return right < 0 ? [start, HEIGHT / 2, end, HEIGHT / 2] : [left, top, right, bottom];
}
