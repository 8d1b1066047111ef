/**
 * The strokes of a word, and the groups of them that may be characters:
 * `hwr/words/segments.py`, for a web page. A word comes as ink, so each segment is a stroke.
 *
 * @typedef {import("hwr/ink.js").Stroke} Stroke
 *
 * @typedef {[number, number]} Span
 * A group: the segments from the first place up to, but without, the second.
 *
 * @typedef {[number, number, number, number]} Box
 * Left, top, right and bottom, y down, in the unit of the strokes.
 */

import { PEN, check, clip, convert } from "hwr/ink.js";

/** Most segments in one character. */
export const MAX_GROUP_SIZE = 5;
/** Greatest width of a character in heights of its word, which may be that of a lone m. */
export const MAX_GROUP_WIDTH = 2.4;
/** How many numbers `Segments.shapeFeatures` returns. */
export const SHAPE_FEATURES = 7;
/** Which quantile of all gaps between segments counts as the typical gap. */
export const TYPICAL_GAP_QUANTILE = 0.75;
/** The gap assumed before the first and after the last segment, in heights of the writing. */
export const OUTER_GAP = 0.3;

/** Strokes from left to right, by their centres. */
export class Segments {
  /**
   * @param {Stroke[]} strokes In any order; those without a point are left out.
   * @throws {RangeError} If a point is not finite.
   */
  constructor(strokes) {
    check(strokes, PEN);
    const centre = ([left, , right]) => left + right;
    const drawn = strokes
      .filter((stroke) => stroke.length > 0)
      .map((stroke) => ({ stroke, box: union(stroke.map(([x, y]) => [x, y, x, y])) }))
      .sort((one, other) => centre(one.box) - centre(other.box));
    /** @type {Stroke[]} */
    this.strokes = drawn.map(({ stroke }) => stroke);
    /** @type {Box[]} */
    this.boxes = drawn.map(({ box }) => box);
    const [, top, , bottom] = union(this.boxes);
    /** From the highest to the lowest point; 1 if that is 0. */
    this.height = bottom - top > 0 ? bottom - top : 1;
    this.typicalGap = this.length > 1 ? quantile(this.gaps(), TYPICAL_GAP_QUANTILE) : 0;
    this.keys = this.strokes.map(String);
  }

  get length() {
    return this.boxes.length;
  }

  /** Return a key made of a group's points, which changes only if one of them does. */
  key([start, end]) {
    return this.keys.slice(start, end).join(";");
  }

  /** Return what the network reads of a `Span`: 28x28 greys, from `convert`. */
  image([start, end]) {
    return convert(this.strokes.slice(start, end));
  }

  /** Return every `Span` narrow enough to be one character. */
  spans() {
    const found = [];
    for (let start = 0; start < this.length; start++) {
      for (let end = start + 1; end <= Math.min(start + MAX_GROUP_SIZE, this.length); end++) {
        const [left, , right] = this.box([start, end]);
        const narrow = right - left <= MAX_GROUP_WIDTH * this.height;
        if (end === start + 1 || narrow) found.push([start, end]);
      }
    }
    return found;
  }

  /** Return the `Box` around a `Span`. */
  box([start, end]) {
    return union(this.boxes.slice(start, end));
  }

  /** Return the gap between each segment and all before it, negative where they overlap. */
  gaps() {
    let reached = -Infinity;
    return this.boxes.slice(1).map(([left], before) => {
      reached = Math.max(reached, this.boxes[before][2]);
      return left - reached;
    });
  }

  /**
   * Return a group's size and gaps.
   *
   * @param {Span} span
   * @returns {number[]} Width, height, the gap before, the gap after, the largest gap inside and
   *   the typical gap of this writing, all in heights of the writing; and the number of segments.
   */
  shapeFeatures([start, end]) {
    const [left, top, right, bottom] = this.box([start, end]);
    const outer = OUTER_GAP * this.height;
    const before = start ? left - union(this.boxes.slice(0, start))[2] : outer;
    const after = end < this.length ? union(this.boxes.slice(end))[0] - right : outer;
    let [inside, reached] = [0, this.boxes[start][2]];
    for (const [from, , to] of this.boxes.slice(start + 1, end)) {
      inside = Math.max(inside, from - reached);
      reached = Math.max(reached, to);
    }
    const sizes = [right - left, bottom - top, before, after, inside, this.typicalGap];
    return [...sizes.map((size) => clip(size / this.height, -1, MAX_GROUP_WIDTH)), end - start];
  }
}

/** Return the box around several boxes. */
export function union(boxes) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const box of boxes) {
    [left, top] = [Math.min(left, box[0]), Math.min(top, box[1])];
    [right, bottom] = [Math.max(right, box[2]), Math.max(bottom, box[3])];
  }
  return [left, top, right, bottom];
}

/** Return a quantile of some numbers (0: the smallest), interpolated linearly as in NumPy. */
export function quantile(numbers, share) {
  const sorted = Float64Array.from(numbers).sort();
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place % 1);
}
