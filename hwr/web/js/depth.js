/**
 * How deep every pixel lies below the paper around it, which tells ink from shadows and desks:
 * `hwr/images/depth.py`, for a web page.
 *
 * Take the brightness of a picture as a landscape. Ink is a basin: whoever walks from it to the
 * picture's edge must climb onto the paper. A desk, the dark side of a shadow and a ruled line
 * reach the edge themselves, so that nothing needs to be climbed, and their depth is 0.
 *
 * @typedef {import("hwr/ink.js").Picture} Picture
 *
 * @typedef {{values: Picture, paper: Picture, grey: Picture, grain: number}} Depth
 * The depth as a share of the paper's brightness; the paper's brightness at every pixel; the
 * picture, slightly blurred; and the standard deviation of the paper, as a share of its brightness.
 */
import { rint } from "hwr/ink.js";
import { eraseLines } from "hwr/lines.js";
import { gaussianFilter, greyClosing, inside, quantile, surrounded } from "hwr/ndimage.js";

/** Side of the window that contains paper wherever it lies, as a share of the shorter side. */
export const WINDOW_SHARE = 0.3;
/** Brightness that is added to all, so that the grain of what is almost black does not count. */
export const BLACK = 8;
/** Number of heights at which the filling of basins is tried. */
export const LEVELS = 50;
/** The grain is that of the smoothest fifth … */
export const SMOOTHER = 0.2;
/** … of 8 x 8 parts of the picture. */
export const PARTS = 8;
/** In place of the height of a pixel that the water has reached. */
const WET = 255;

const { fround } = Math;

/**
 * Measure how deep the pixels of a picture lie below the paper around them.
 *
 * @param {Picture} grey In 0..255, dark ink on bright paper.
 * @param {boolean} [walled] Whether there is paper around the picture, so that nothing reaches its
 *   edge.
 * @returns {Depth}
 */
export function measureDepth(grey, walled = false) {
  const { height, width } = grey;
  const window = Math.max(3, rint(WINDOW_SHARE * Math.min(height, width)));
  const soft = gaussianFilter(grey, 0.7);
  soft.pixels.forEach((value, i, all) => (all[i] = value + BLACK));
  const paper = greyClosing(soft, window);
  const relative = soft.pixels.map((value, i) => value / paper.pixels[i]);
  const grain = grainOf({ height, width, pixels: relative });
  const values = eraseLines({ height, width, pixels: relative });
  const filled = fillBasins(values, walled);
  values.pixels.forEach((value, i, all) => (all[i] = Math.max(filled[i] - value, 0)));
  return { values, paper, grey: soft, grain };
}

/** Return the standard deviation of the smoother parts of a picture; a desk may be rougher. */
function grainOf({ height, width, pixels }) {
  const spread = [];
  for (const [top, bottom] of split(height)) {
    for (const [left, right] of split(width)) {
      const part = new Float32Array((bottom - top) * (right - left));
      for (let row = top; row < bottom; row++) {
        const greys = pixels.subarray(row * width + left, row * width + right);
        part.set(greys, (row - top) * (right - left));
      }
      if (!part.length) continue;
      const middle = median(part);
      spread.push(median(part.map((value) => Math.abs(value - middle))));
    }
  }
  return 1.48 * quantile(spread, SMOOTHER);
}

/** Divide a side into `PARTS`: their first and last + 1; the first ones are longer by up to 1. */
function split(side) {
  const [whole, longer] = [Math.floor(side / PARTS), side % PARTS];
  const start = (part) => part * whole + Math.min(part, longer);
  return [...Array(PARTS).keys()].map((part) => [start(part), start(part + 1)]);
}

/** Return the median of some numbers, rounded to 32 bits. */
function median(numbers) {
  const sorting = numbers.slice();
  const half = sorting.length >> 1;
  const upper = select(sorting, half);
  if (sorting.length % 2) return upper;
  const lower = sorting.subarray(0, half).reduce((most, value) => Math.max(most, value), -Infinity);
  return fround((lower + upper) / 2);
}

/** Sort numbers as far as necessary to return the one at a place (Hoare 1961, quickselect). */
function select(numbers, place) {
  let [first, last] = [0, numbers.length - 1];
  while (first < last) {
    const pivot = numbers[(first + last) >> 1];
    let [i, j] = [first, last];
    while (i <= j) {
      while (numbers[i] < pivot) i++;
      while (numbers[j] > pivot) j--;
      if (i <= j) {
        const swapped = numbers[i];
        numbers[i++] = numbers[j];
        numbers[j--] = swapped;
      }
    }
    if (place <= j) last = j;
    else if (place >= i) first = i;
    else break;
  }
  return numbers[place];
}

/**
 * Return the lowest height, of `LEVELS`, over which each pixel has a way to the edge. Ways lead
 * from a pixel to any of its eight neighbours.
 *
 * Water rises at the edge, level by level, and floods what it reaches: those are the same heights
 * as Python finds by trying the levels one by one.
 *
 * @param {Picture} picture Values in 0..1.
 * @param {boolean} [walled] Whether a wall of height 1 surrounds the picture.
 * @returns {Float32Array}
 */
export function fillBasins({ height, width, pixels }, walled = false) {
  const filled = new Float32Array(pixels.length).fill(1);
  if (walled) return filled;
  const heights = new Uint8Array(pixels.length);
  pixels.forEach((value, i) => (heights[i] = Math.floor(fround(value * LEVELS))));
  flooded({ height, width, pixels: heights }).forEach((level, i) => (filled[i] = level / LEVELS));
  return filled;
}

/** Return the level at which the water reaches each pixel. */
function flooded(picture) {
  const { height, width } = picture;
  const { pixels: heights, neighbours } = surrounded(picture, WET);
  const filled = new Uint8Array(heights.length).fill(LEVELS);
  /** The pixels that the water enters at each level. */
  const shores = Array.from({ length: LEVELS + 1 }, () => []);
  const enter = (i, level) => {
    if (heights[i] === WET) return;
    filled[i] = Math.max(heights[i], level);
    heights[i] = WET;
    shores[filled[i]].push(i);
  };
  const wide = width + 2;
  for (let column = 1; column <= width; column++) {
    for (const row of [1, height]) enter(row * wide + column, 0);
  }
  for (let row = 1; row <= height; row++) {
    for (const column of [1, width]) enter(row * wide + column, 0);
  }
  for (let level = 0; level < LEVELS; level++) {
    for (const shore = shores[level]; shore.length; ) {
      const i = shore.pop();
      for (const step of neighbours) enter(i + step, level);
    }
  }
  return inside(picture, filled).pixels;
}
