/**
 * The strokes of a word, and the groups of them that may be characters: `hwr/units.py`, for a web
 * page. What is written there comes as ink alone, so that each unit is a stroke.
 *
 * @typedef {import("./ink.js").Stroke} Stroke
 *
 * @typedef {[number, number]} Span
 * The units from the first number up to, but without, the second.
 *
 * @typedef {[number, number, number, number]} Box
 * Left, top, right and bottom, y down, in the writing's own unit.
 */

import { PEN, check, convert } from "hwr/ink.js";

/** A character has at most so many units. */
export const TOGETHER = 5;
/** No character is wider than so many times the height of its word, which may be that of an m. */
export const WIDEST = 2.4;
/** So many numbers describe the shape of a group. */
export const MEASURES = 7;
/** Gaps in writing are as large as this quantile of all gaps between its units. */
export const USUAL = 0.75;
/** The gap before the first and after the last unit, in heights of the writing. */
export const OPEN = 0.3;

/** Strokes from left to right, by their middles. */
export class Units {
  /**
   * @param {Stroke[]} strokes In any order; those without a point are left out.
   * @throws {RangeError} If a point is no finite number.
   */
  constructor(strokes) {
    check(strokes, PEN);
    const middle = ([left, , right]) => left + right;
    const drawn = strokes
      .filter((stroke) => stroke.length > 0)
      .map((stroke) => ({ stroke, box: around(stroke.map(([x, y]) => [x, y, x, y])) }))
      .sort((one, other) => middle(one.box) - middle(other.box));
    /** @type {Stroke[]} */
    this.strokes = drawn.map(({ stroke }) => stroke);
    /** @type {Box[]} */
    this.boxes = drawn.map(({ box }) => box);
    const [, top, , bottom] = around(this.boxes);
    /** From the highest to the lowest point. */
    this.height = bottom - top > 0 ? bottom - top : 1;
    this.usual = this.length > 1 ? quantile(this.gaps(), USUAL) : 0;
    this.keys = this.strokes.map(String);
  }

  /** How many there are. */
  get length() {
    return this.boxes.length;
  }

  /**
   * Name a group by its points: it keeps its name as long as none of them changes.
   *
   * @param {Span} span
   * @returns {string}
   */
  name([start, end]) {
    return this.keys.slice(start, end).join(";");
  }

  /**
   * Give what the network reads of a group.
   *
   * @param {Span} span
   * @returns {Uint8Array} As `convert` of `hwr/ink.js` makes it.
   */
  image([start, end]) {
    return convert(this.strokes.slice(start, end));
  }

  /**
   * Give the runs of units that are narrow enough to be one character.
   *
   * @returns {Span[]}
   */
  groups() {
    const found = [];
    for (let start = 0; start < this.length; start++) {
      for (let end = start + 1; end <= Math.min(start + TOGETHER, this.length); end++) {
        const [left, , right] = this.box([start, end]);
        if (end === start + 1 || right - left <= WIDEST * this.height) found.push([start, end]);
      }
    }
    return found;
  }

  /**
   * Give the box around a group.
   *
   * @param {Span} span
   * @returns {Box}
   */
  box([start, end]) {
    return around(this.boxes.slice(start, end));
  }

  /**
   * Give the gap between each unit and all before it, below 0 where they overlap.
   *
   * @returns {number[]} One less than there are units.
   */
  gaps() {
    let reached = -Infinity;
    return this.boxes.slice(1).map(([left], before) => {
      reached = Math.max(reached, this.boxes[before][2]);
      return left - reached;
    });
  }

  /**
   * Measure a group against the writing, in heights of it.
   *
   * @param {Span} span
   * @returns {number[]} Width, height, the gaps before and after, the largest gap inside, how
   *   large gaps are in this writing; and the number of units.
   */
  shape([start, end]) {
    const [left, top, right, bottom] = this.box([start, end]);
    const before = start ? left - around(this.boxes.slice(0, start))[2] : OPEN * this.height;
    const after =
      end < this.length ? around(this.boxes.slice(end))[0] - right : OPEN * this.height;
    let [inner, reached] = [0, this.boxes[start][2]];
    for (const [from, , to] of this.boxes.slice(start + 1, end)) {
      inner = Math.max(inner, from - reached);
      reached = Math.max(reached, to);
    }
    const sizes = [right - left, bottom - top, before, after, inner, this.usual];
    return [...sizes.map((size) => clip(size / this.height, -1, WIDEST)), end - start];
  }
}

/** Give the box around several; none gives one that is inside out. */
function around(boxes) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const box of boxes) {
    [left, top] = [Math.min(left, box[0]), Math.min(top, box[1])];
    [right, bottom] = [Math.max(right, box[2]), Math.max(bottom, box[3])];
  }
  return [left, top, right, bottom];
}

/**
 * Give a quantile as NumPy does, between its two neighbours in proportion.
 *
 * @param {number[]} numbers At least one.
 * @param {number} share 0 for the smallest, 1 for the largest.
 * @returns {number}
 */
export function quantile(numbers, share) {
  const sorted = Float64Array.from(numbers).sort();
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place % 1);
}

/**
 * Bring a number to the nearest one between a least and a largest.
 *
 * @param {number} number
 * @param {number} least
 * @param {number} largest
 * @returns {number}
 */
export function clip(number, least, largest) {
  return Math.min(largest, Math.max(least, number));
}
