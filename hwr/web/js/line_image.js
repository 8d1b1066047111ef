/**
 * A line of writing as the image that a network of words reads, 40 pixels high, as wide as it is:
 * `hwr/words/line_image.py`, for a web page. Here writing comes as strokes.
 *
 * The ink's standard deviation in y says how large the writing is: it becomes `DEVIATION` pixels,
 * and the mean height the middle of the image. Only lone lines and dots are scaled by their length.
 *
 * @typedef {import("hwr/ink.js").Stroke} Stroke
 *
 * @typedef {{height: number, width: number, pixels: Uint8Array}} LineImage
 * Greys, row by row; ink is 255.
 *
 * @typedef {{scale: number, left: number, top: number, width: number}} Frame
 * Where a line lies in its image: pixels per unit of the writing; the point of the writing that
 * becomes the image's corner; and the columns of the image.
 */

import { bounds, clip, resample, rint, stamp } from "hwr/ink.js";

/** Rows of the image. */
export const HEIGHT = 40;
/** Standard deviation of the ink's y in the image, in pixels. */
export const DEVIATION = 5.2;
/** Empty columns at the left and at the right. */
export const MARGIN = 8;
/** Rows that stay empty at the top and at the bottom, whatever the writing reaches to. */
export const RIM = 1.5;
/** Ink whose way up and down is less than so many times as long as the ink itself is a flat line … */
export const FLAT = 0.3;
/** … which has this length in the image, in pixels. */
export const LINE_LENGTH = 18;
/** Columns of the widest image; what is wider becomes smaller. */
export const MAX_WIDTH = 2000;
/** Width of a pen's stroke in the image, in pixels. */
export const PEN = 2.2;
/** Distance of the points at which strokes are drawn, in pixels. */
export const STEP = 0.5;
/** Columns of the image for which a network gives one answer. */
export const COLUMNS_PER_FRAME = 2;

const { abs, ceil, fround, hypot, max, min, sqrt } = Math;

/**
 * Return the frame of strokes.
 *
 * @param {Stroke[]} strokes Each has a point, and there is one at least.
 * @returns {Frame}
 */
export function frameOfInk(strokes) {
  const { left, top, right, bottom } = bounds(strokes);
  const dot = max(right - left, bottom - top, 1e-9) / 1000; // dots count, too
  const steps = strokes.flatMap((stroke) =>
    stroke.map(([x, y], i) => {
      const [fromX, fromY] = stroke[max(i - 1, 0)]; // a dot: from itself
      return { length: hypot(x - fromX, y - fromY), rise: y - fromY, middle: (y + fromY) / 2 };
    }),
  );
  const mean = average(steps.map(({ length, middle }) => [middle, length + dot]));
  const variance = average(
    // Of all points of a straight step.
    steps.map(({ length, rise, middle }) => [(middle - mean) ** 2 + rise ** 2 / 12, length + dot]),
  );
  const way = steps.reduce((sum, step) => sum + abs(step.rise), 0);
  return frame({ left, top, right, bottom }, mean, sqrt(variance), way);
}

/** Return the frame of ink in a box, of a path's way up and down. */
function frame({ left, top, right, bottom }, mean, deviation, rise) {
  const extent = max(right - left, bottom - top, 1e-9);
  const isLine = rise < FLAT * extent;
  const middle = isLine ? (top + bottom) / 2 : mean;
  const wanted = isLine ? LINE_LENGTH / extent : DEVIATION / max(deviation, 1e-9);
  const reach = max(middle - top, bottom - middle, 1e-9);
  const widest = (MAX_WIDTH - 2 * MARGIN) / max(right - left, 1e-9);
  const scale = min(wanted, (HEIGHT / 2 - RIM) / reach, widest);
  const width = ceil((right - left) * scale) + 2 * MARGIN;
  return {
    scale,
    left: left - MARGIN / scale,
    top: middle - HEIGHT / 2 / scale,
    width: width + (width % 2),
  };
}

/**
 * Return the image of strokes.
 *
 * @param {Stroke[]} strokes As for `frameOfInk`.
 * @param {Frame} frame
 * @returns {LineImage}
 */
export function drawInk(strokes, { scale, left, top, width }) {
  const inside = ([x, y]) => [clip(x, 0, width - 1), clip(y, 0, HEIGHT - 1)];
  const points = strokes.flatMap((stroke) =>
    resample(stroke.map(([x, y]) => [(x - left) * scale, (y - top) * scale]), STEP).map(inside),
  );
  const { pixels } = stamp(points, PEN / 2, HEIGHT, width);
  const greys = Uint8Array.from(pixels, (ink) => rint(fround(ink * 255)));
  return { height: HEIGHT, width, pixels: greys };
}

/** Return the weighted mean of pairs of a number and its weight. */
function average(pairs) {
  let [sum, weights] = [0, 0];
  for (const [number, weight] of pairs) [sum, weights] = [sum + number * weight, weights + weight];
  return sum / weights;
}
