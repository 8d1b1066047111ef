/**
 * The few operations of `scipy.ndimage`, and NumPy's quantile, that find a character in a picture,
 * with the same results.
 *
 * @typedef {import("hwr/ink.js").Picture} Picture
 *
 * @typedef {{height: number, width: number, pixels: Uint8Array}} Mask
 * Pixels, row by row: 1 where something is, else 0.
 *
 * @typedef {{height: number, width: number, pixels: Int32Array, count: number}} Labels
 * The number of the region that each pixel belongs to, from 1 to `count`; 0 is none.
 */
import { blurRows, gaussian, transpose } from "hwr/ink.js";

/** Standard deviations after which a Gaussian is cut off. */
const TRUNCATE = 4;

/**
 * Blur by a Gaussian. Beyond its edges the picture is mirrored.
 *
 * @param {Picture} picture
 * @param {number} sigma Standard deviation in pixels.
 * @returns {Picture}
 */
export function gaussianFilter(picture, sigma) {
  const weights = gaussian(sigma, Math.floor(TRUNCATE * sigma + 0.5));
  const rows = (one) => cut(blurRows(mirrored(one, weights.length), weights), weights.length);
  // A two-dimensional Gaussian is one along the columns, then one along the rows.
  return rows(transpose(rows(transpose(picture))));
}

/** Return a picture whose rows go on at both ends, mirrored, for a number of pixels. */
function mirrored({ height, width, pixels }, margin) {
  const wide = width + 2 * margin;
  const places = Int32Array.from({ length: wide }, (_, column) => {
    const place = (((column - margin) % (2 * width)) + 2 * width) % (2 * width);
    return place < width ? place : 2 * width - 1 - place;
  });
  const longer = new Float32Array(height * wide);
  for (let row = 0, to = 0; row < height; row++) {
    for (let column = 0; column < wide; column++) {
      longer[to++] = pixels[row * width + places[column]];
    }
  }
  return { height, width: wide, pixels: longer };
}

/** Return a picture without a margin at both ends of its rows. */
function cut({ height, width, pixels }, margin) {
  const narrow = width - 2 * margin;
  const shorter = new Float32Array(height * narrow);
  for (let row = 0; row < height; row++) {
    const start = row * width + margin;
    shorter.set(pixels.subarray(start, start + narrow), row * narrow);
  }
  return { height, width: narrow, pixels: shorter };
}

/**
 * Close what is dark and narrower than a square window: the largest grey around every pixel, then
 * the smallest of those. Beyond its edges the picture goes on as it ends.
 *
 * @param {Picture} picture
 * @param {number} window Side of the window, in pixels.
 * @returns {Picture}
 */
export function greyClosing(picture, window) {
  // A window of even side lies half a pixel to the right at first, then half a pixel to the left.
  const [less, more] = [Math.floor((window - 1) / 2), Math.floor(window / 2)];
  const largest = (one) => largestOfRows(one, less, more);
  const smallest = (one) => negative(largestOfRows(negative(one), more, less));
  // A square's largest grey is that of the largest ones in its rows, and the smallest likewise.
  return smallest(transpose(smallest(largest(transpose(largest(picture))))));
}

function negative({ height, width, pixels }) {
  return { height, width, pixels: pixels.map((grey) => -grey) };
}

/**
 * Return the largest grey of every pixel, the pixels before it in its row, and those after it.
 *
 * A row is divided into blocks as long as such a window. Each window begins in one block and ends
 * in the next, so that its largest grey is that of one block's end or the next one's beginning
 * (van Herk 1992, A fast algorithm for local minimum and maximum filters).
 */
function largestOfRows({ height, width, pixels }, before, after) {
  const window = before + after + 1;
  const blocks = Math.ceil((width + window - 1) / window);
  const [greys, begins, ends] = [0, 0, 0].map(() => new Float32Array(blocks * window));
  const found = new Float32Array(height * width);
  for (let row = 0; row < height; row++) {
    const start = row * width;
    greys.fill(pixels[start], 0, before);
    greys.set(pixels.subarray(start, start + width), before);
    greys.fill(pixels[start + width - 1], before + width);
    for (let first = 0; first < greys.length; first += window) {
      const last = first + window - 1;
      for (let i = first, most = -Infinity; i <= last; i++) {
        if (greys[i] > most) most = greys[i];
        begins[i] = most;
      }
      for (let i = last, most = -Infinity; i >= first; i--) {
        if (greys[i] > most) most = greys[i];
        ends[i] = most;
      }
    }
    for (let i = 0; i < width; i++) {
      const [one, other] = [ends[i], begins[i + window - 1]];
      found[start + i] = one > other ? one : other;
    }
  }
  return { height, width, pixels: found };
}

/**
 * Number the connected regions of a mask in the order of their first pixels, row by row. Pixels
 * that touch at a corner are connected.
 *
 * @param {Mask} mask
 * @returns {Labels}
 */
export function label(mask) {
  const { pixels, neighbours } = surrounded(mask, 0);
  const labels = new Int32Array(pixels.length);
  const waiting = new Int32Array(pixels.length);
  let count = 0;
  for (let first = 0; first < pixels.length; first++) {
    if (!pixels[first]) continue;
    pixels[first] = 0; // it is numbered
    labels[first] = ++count;
    waiting[0] = first;
    for (let last = 1; last > 0; ) {
      const i = waiting[--last];
      for (const step of neighbours) {
        if (!pixels[i + step]) continue;
        pixels[i + step] = 0;
        labels[i + step] = count;
        waiting[last++] = i + step;
      }
    }
  }
  return { ...inside(mask, labels), count };
}

/**
 * Return how far the innermost pixel of a mask is from what is not in it: the largest value of
 * `distance_transform_cdt`, in steps to one of eight neighbours. Nothing beyond the edges is in it.
 *
 * @param {Mask} mask
 * @returns {number}
 */
export function largestDistance(mask) {
  const { pixels, neighbours } = surrounded(mask, 0);
  const distances = Int32Array.from(pixels);
  const before = neighbours.slice(0, 4); // the neighbours above and to the left
  let largest = 0;
  for (let i = 0; i < distances.length; i++) {
    if (pixels[i]) distances[i] = 1 + Math.min(...before.map((step) => distances[i + step]));
  }
  for (let i = distances.length - 1; i >= 0; i--) {
    if (!pixels[i]) continue;
    for (const step of before) distances[i] = Math.min(distances[i], 1 + distances[i - step]);
    largest = Math.max(largest, distances[i]);
  }
  return largest;
}

/**
 * Return which pixels pass a test.
 *
 * @param {{height: number, width: number, pixels: ArrayLike<number>}} picture
 * @param {(value: number) => boolean} passes
 * @returns {Mask}
 */
export function where({ height, width, pixels }, passes) {
  const mask = new Uint8Array(pixels.length);
  for (let i = 0; i < mask.length; i++) if (passes(pixels[i])) mask[i] = 1;
  return { height, width, pixels: mask };
}

/**
 * Surround pixels with a border, so that each has eight neighbours.
 *
 * @param {{height: number, width: number, pixels: Uint8Array}} picture
 * @param {number} value Of the border.
 * @returns {{pixels: Uint8Array, neighbours: number[]}} In rows of `width + 2`; and the steps from
 *   a pixel to its neighbours.
 */
export function surrounded({ height, width, pixels }, value) {
  const wide = width + 2;
  const all = new Uint8Array((height + 2) * wide).fill(value);
  for (let row = 0; row < height; row++) {
    all.set(pixels.subarray(row * width, (row + 1) * width), (row + 1) * wide + 1);
  }
  const before = [-wide - 1, -wide, -wide + 1, -1];
  return { pixels: all, neighbours: [...before, ...before.map((step) => -step)] };
}

/** Return a picture of some size from its pixels with a border. */
export function inside({ height, width }, all) {
  const pixels = new all.constructor(height * width);
  for (let row = 0; row < height; row++) {
    const start = (row + 1) * (width + 2) + 1;
    pixels.set(all.subarray(start, start + width), row * width);
  }
  return { height, width, pixels };
}

/**
 * Return the largest number within some rows and columns around every pixel.
 *
 * @param {Mask | Labels} picture Most numbers are 0, and equal ones are beside each other.
 * @param {number} reach
 * @returns {Mask | Labels}
 */
export function maximumFilter(picture, reach) {
  const { height, width, pixels } = picture;
  const grown = pixels.slice();
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      if (!pixels[i] || isInside(picture, row, column)) continue;
      const [left, right] = [Math.max(column - reach, 0), Math.min(column + reach, width - 1)];
      for (let r = Math.max(row - reach, 0); r <= Math.min(row + reach, height - 1); r++) {
        for (let j = r * width + left; j <= r * width + right; j++) {
          if (grown[j] < pixels[i]) grown[j] = pixels[i];
        }
      }
    }
  }
  return { ...picture, pixels: grown };
}

/** Return whether all eight neighbours of a pixel are as it is: nothing grows from it. */
function isInside({ height, width, pixels }, row, column) {
  if (row === 0 || column === 0 || row === height - 1 || column === width - 1) return false;
  const i = row * width + column;
  for (const start of [i - width, i, i + width]) {
    for (let j = start - 1; j <= start + 1; j++) if (pixels[j] !== pixels[i]) return false;
  }
  return true;
}

/** Return the smallest grey at most so many rows and columns away from a pixel. */
export function smallestAround({ height, width, pixels }, i, reach) {
  const [row, column] = [Math.floor(i / width), i % width];
  const [left, right] = [Math.max(column - reach, 0), Math.min(column + reach, width - 1)];
  let smallest = Infinity;
  for (let r = Math.max(row - reach, 0); r <= Math.min(row + reach, height - 1); r++) {
    for (let j = r * width + left; j <= r * width + right; j++) {
      if (pixels[j] < smallest) smallest = pixels[j];
    }
  }
  return smallest;
}

/** Return a quantile of some numbers (0: the smallest), interpolated linearly as in NumPy. */
export function quantile(numbers, share) {
  const sorted = Float64Array.from(numbers).sort();
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place % 1);
}
