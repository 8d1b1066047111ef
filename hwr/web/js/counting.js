/**
 * How many characters the marks in a picture of one character are: `hwr/images/counting.py`, for a
 * web page. Gaps are relative to the height of the tallest mark.
 *
 * @typedef {import("hwr/marks.js").Marks} Marks
 */
import { union } from "hwr/components.js";
import { rint } from "hwr/ink.js";
import { LARGE, longerSide, sides } from "hwr/marks.js";

/** Gap from which marks beside each other are two characters. */
export const APART = 0.06;
/** Ratio of width to height from which joined writing is a word. */
export const LONG_WORD = 2.2;
/** The same ratio of one of its letters. */
export const LETTER = 0.9;

/**
 * Return how many characters some marks seem to be.
 *
 * Marks beside each other are several, marks above each other are one, as in =, and small ones
 * belong to their neighbours.
 *
 * @param {Marks} marks
 * @returns {number}
 */
export function countCharacters({ boxes, pen }) {
  const size = longerSide(boxes[0]);
  const written = boxes.filter((box) => longerSide(box) >= LARGE * size);
  const tall = Math.max(...written.map((box) => sides(box)[1]));
  const unit = Math.max(tall, LARGE * size);
  const groups = [];
  let reached = -Infinity; // by all marks to the left
  for (const box of written.toSorted((one, other) => one[0] - other[0])) {
    if (box[0] - reached > APART * unit) groups.push([box]);
    else groups.at(-1).push(box);
    reached = Math.max(reached, box[2]);
  }
  return groups.reduce((sum, group) => sum + letters(union(group), pen), 0);
}

/** Return how many letters of joined writing fill a box. */
function letters(box, pen) {
  const [width, height] = sides(box);
  if (height < 4 * pen || width <= LONG_WORD * height) return 1;
  return Math.max(2, rint(width / (LETTER * height)));
}
