/**
 * Straight thin lines that cross a picture of one character, as on ruled paper, are erased:
 * `hwr/images/lines.py`, for a web page.
 *
 * A line is followed from one edge to the opposite one. It is erased where it is as thin as
 * elsewhere; where it is thicker, a stroke of writing crosses it, and stays.
 *
 * @typedef {import("hwr/ink.js").Picture} Picture
 * @typedef {import("hwr/ndimage.js").Mask} Mask
 *
 * @typedef {[number, number]} Run
 * First and last + 1 of neighbouring dark pixels in a column.
 */
import { checkTime } from "hwr/deadline.js";
import { clip, transpose } from "hwr/ink.js";
import { where } from "hwr/ndimage.js";

/** Share of the paper's brightness below which a pixel may belong to a line. */
export const DARK = 0.93;
/** Thickness above which a line is none, as a share of the picture's longer side. */
export const MAX_THICKNESS = 0.03;
/** Largest slope of a line. */
export const MAX_SLOPE = 0.15;
/** Share of columns in which a line must be seen. */
export const MIN_SHARE = 0.7;
/** Thickness, in usual ones of the line, from which a stroke crosses it. */
export const CROSSED = 1.6;
/** Number of columns from which direction and thickness are known. */
export const MEMORY = 40;
/** Pixels by which a line may stray from its direction. */
export const STRAY = 1.5;

/**
 * Return a picture without the lines that cross it from edge to edge.
 *
 * @param {Picture} relative Brightness as a share of the paper's, in 0..1.
 * @returns {Picture}
 */
export function eraseLines(relative) {
  const limit = Math.fround(DARK);
  const dark = where(relative, (value) => value < limit);
  const lying = lines(dark).pixels;
  const standing = transpose(lines(transpose(dark))).pixels;
  const pixels = relative.pixels.map((value, i) => (lying[i] || standing[i] ? 1 : value));
  return { ...relative, pixels };
}

/** Return the pixels of all lines that run from the left edge to the right one. */
function lines(dark) {
  const { height, width } = dark;
  const found = new Uint8Array(height * width);
  const { pixels } = transpose(dark); // one column after the other
  const columns = Array.from({ length: width }, (_, column) =>
    runs(pixels.subarray(column * height, (column + 1) * height)),
  );
  const limit = Math.max(3, MAX_THICKNESS * Math.max(height, width));
  const begin = Math.floor(width / 16); // beside what stands at the edge
  for (const start of columns[begin]) {
    checkTime();
    if (start[1] - start[0] > limit) continue;
    const right = follow(columns.slice(begin), start);
    const left = follow(columns.slice(0, begin + 1).reverse(), start);
    const seen = [...left.values(), ...right.values()];
    // Such a line has a way out at the picture's edge, which must stay open.
    if (seen.some(([first, end]) => first === 0 || end === height)) continue;
    const gap = Math.max(begin - lastColumn(left), width - 1 - begin - lastColumn(right));
    if (gap > begin || seen.length < MIN_SHARE * width) continue;
    for (const [side, sign] of [[right, 1], [left, -1]]) {
      for (const [steps, [first, end]] of side) {
        for (let row = first; row < end; row++) found[row * width + begin + sign * steps] = 1;
      }
    }
  }
  return { height, width, pixels: found };
}

function lastColumn(seen) {
  return Math.max(...seen.keys());
}

/** Return every `Run` in a column. */
function runs(column) {
  const found = [];
  for (let row = column.indexOf(1); row >= 0; ) {
    const end = column.indexOf(0, row);
    found.push([row, end < 0 ? column.length : end]);
    row = end < 0 ? -1 : column.indexOf(1, end);
  }
  return found;
}

/** Return the runs of a line to the right of its first one, by their columns. */
function follow(columns, start) {
  const seen = new Map([[0, start]]);
  const places = [[0, (start[0] + start[1]) / 2]];
  let thickness = start[1] - start[0];
  for (let column = 1; column < columns.length; column++) {
    const [first, there] = places.at(-Math.min(places.length, MEMORY));
    const [last, here] = places.at(-1);
    const slope = last - first >= MEMORY / 4 ? (here - there) / (last - first) : 0;
    const expected = here + clip(slope, -MAX_SLOPE, MAX_SLOPE) * (column - last);
    const all = columns[column];
    for (let i = firstBelow(all, expected - STRAY); i < all.length; i++) {
      const run = all[i];
      if (run[0] > expected + STRAY) break;
      const [middle, thick] = [(run[0] + run[1]) / 2, run[1] - run[0]];
      if (Math.abs(middle - expected) <= STRAY && thick <= CROSSED * thickness + 1) {
        seen.set(column, run);
        places.push([column, middle]);
        thickness += (thick - thickness) / MEMORY;
      }
    }
  }
  return seen;
}

/** Return the number of the first run, from the top, that ends below a row. */
function firstBelow(runs, row) {
  let [first, last] = [0, runs.length];
  while (first < last) {
    const middle = (first + last) >> 1;
    if (runs[middle][1] > row) last = middle;
    else first = middle + 1;
  }
  return first;
}
