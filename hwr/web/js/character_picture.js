/**
 * One character found in a picture, whatever else the picture shows: `hwr/images/character.py`, for
 * a web page.
 *
 * Its ink lies deeper than the paper around it (`depth.js`). Of what is left, frames are recognised
 * by their four straight sides, specks by their size and place; the rest is the character, or
 * several of them, which are counted.
 *
 * @typedef {import("hwr/depth.js").Depth} Depth
 * @typedef {import("hwr/grey.js").Grey} Grey
 * @typedef {import("hwr/ink.js").Picture} Picture
 * @typedef {import("hwr/marks.js").Marks} Marks
 *
 * @typedef {{picture: Picture, count: number}} CharacterPicture
 * The part of the picture around the character, whose ink is bright, up to 255, and whose paper is
 * 0; and the number of characters, 0 if nothing is written.
 */
import { countCharacters } from "hwr/counting.js";
import { checkTime } from "hwr/deadline.js";
import { measureDepth } from "hwr/depth.js";
import { median } from "hwr/grey.js";
import { clip, resize, rint } from "hwr/ink.js";
import { cropMask, findMarks, hasCorners, isFrame } from "hwr/marks.js";
import { maximumFilter } from "hwr/ndimage.js";

/** Length in pixels of the longer side at which a character is looked for. */
export const SIDE = 640;
/** Length to which the longer side of a small picture is enlarged. */
export const MIN_SIDE = 160;
/** Paper around a character that is looked at again, as a share of its size. */
export const MARGIN = 0.6;
/** Number of times at most that a part of the picture is looked at. */
export const LOOKS = 4;
/** Depth, as a share of the ink's, up to which a pixel is paper. */
export const PALE = 0.25;
/** Depth, as a share of the ink's, from which a pixel is all ink. */
export const DARK = 0.75;
/** Size of bright ink, in widths of its widest stroke, below which it is a sheet on a dark desk. */
export const MIN_LENGTH = 3;

/** Marks that touch the picture's edge are a character only if their ink is at least this deep, … */
export const STRONG = 0.3;
/** … they are this long as a share of the picture, … */
export const LONG = 0.25;
/** … they cover at most this share of any edge, … */
export const CONTACT = 0.5;
/** … and they do not lie mainly nearer to the edge than this, as a share of the picture: … */
export const BAND = 0.06;
/** … at least this share of them lies farther from it. */
export const INSIDE = 0.5;
/** Share of the picture from which it is not worth to look at a part alone. */
export const WORTH = 0.6;

const { fround } = Math;

/**
 * Find the ink of the character that a picture shows.
 *
 * @param {Grey} grey Dark ink on bright paper, or bright ink on dark paper.
 * @returns {CharacterPicture}
 * @throws {import("hwr/deadline.js").OutOfTimeError} If a `timeLimit` around this is over.
 */
export function findCharacter(grey) {
  const dark = lookAt(grey);
  if (median(grey.pixels) < 128) {
    const bright = lookAt({ ...grey, pixels: grey.pixels.map((value) => 255 - value) });
    // Unlike the paper in an O, or a sheet.
    if (bright.weight > dark.weight && bright.length >= MIN_LENGTH) return bright.found;
  }
  return dark.found;
}

/**
 * Return the dark ink of a picture, its weight, and its size in widths of its widest stroke.
 *
 * The weight is that size times the ink's contrast, the brightness of the paper less that of the
 * ink. What is inside of a frame, and what is small, is looked at again, without what is around it.
 */
function lookAt(grey) {
  const { height, width } = grey;
  const nothing = { height, width, pixels: new Float32Array(height * width) };
  let [found, weight, length, part] = [{ picture: nothing, count: 0 }, 0, 0, grey];
  for (let look = 0; look < LOOKS; look++) {
    checkTime();
    const work = resized(part);
    let depth = measureDepth(work);
    let marks = findMarks(depth);
    if (!marks && !found.count) {
      depth = measureDepth(work, true);
      marks = findMarks(depth);
      if (marks && !isCutOff(marks)) marks = null;
    }
    if (!marks) break;
    const scale = part.height / work.height;
    const framed = isFrame(cropMask(marks.mask, marks.boxes[0]));
    if (!(framed && hasCorners(marks))) { // what has no corners may be a 0
      [found, length] = [character(depth, marks), marks.length];
      const contrast = marks.full * meanWhere(depth.paper.pixels, marks.mask.pixels);
      weight = length * contrast;
    }
    const box = framed ? within(marks) : around(marks);
    const closer = cropGrey(part, box.map((side) => Math.max(rint(scale * side), 0)));
    if (!framed && closer.pixels.length > WORTH * part.pixels.length) break;
    part = closer;
  }
  return { found, weight, length };
}

/** Return the mean of some numbers, of those whose mark is 1. */
function meanWhere(numbers, marked) {
  let [sum, count] = [0, 0];
  marked.forEach((one, i) => {
    if (one) [sum, count] = [sum + numbers[i], count + 1];
  });
  return sum / count;
}

/** Return a part of a picture in the size at which a character is looked for. */
function resized(part) {
  const longer = Math.max(part.height, part.width);
  const factor = longer >= MIN_SIDE ? Math.min(SIDE / longer, 1) : MIN_SIDE / longer;
  const [height, width] = [part.height, part.width].map((side) => Math.max(1, rint(side * factor)));
  const picture = resize(part, height, width);
  picture.pixels.forEach((value, i, all) => (all[i] = clip(value, 0, 255)));
  return picture;
}

/** Return the box inside of a frame. */
function within({ boxes: [[left, top, right, bottom]], pen }) {
  return [left + pen, top + pen, right - pen, bottom - pen];
}

/** Return the box of all marks with some paper around it. */
function around({ bounds: [left, top, right, bottom], size }) {
  const margin = MARGIN * size;
  return [left - margin, top - margin, right + margin, bottom + margin];
}

/** Return the part of a picture in a box, which may reach beyond its right and lower edge. */
function cropGrey({ height, width, pixels }, [left, top, right, bottom]) {
  const [high, wide] = [Math.min(bottom, height) - top, Math.min(right, width) - left];
  const part = new pixels.constructor(high * wide);
  for (let row = 0; row < high; row++) {
    const start = (top + row) * width + left;
    part.set(pixels.subarray(start, start + wide), row * wide);
  }
  return { height: high, width: wide, pixels: part };
}

/** Return whether marks at the picture's edge look like a character that the edge cuts off. */
function isCutOff({ mask, size, length, full }) {
  const { height, width } = mask;
  const inked = (left, top, right, bottom) => {
    const { pixels } = cropMask(mask, [left, top, Math.max(left, right), Math.max(top, bottom)]);
    return pixels.reduce((sum, one) => sum + one, 0);
  };
  const contact = Math.max(
    inked(0, 0, width, 1) / width, inked(0, height - 1, width, height) / width,
    inked(0, 0, 1, height) / height, inked(width - 1, 0, width, height) / height,
  );
  const band = Math.max(1, rint(BAND * Math.min(height, width)));
  const inside = inked(band, band, width - band, height - band);
  return (
    length >= MIN_LENGTH && full >= STRONG && contact <= CONTACT &&
    inside >= INSIDE * inked(0, 0, width, height) && size >= LONG * Math.max(height, width)
  );
}

/** Return the ink of marks, cropped to it, with soft edges. */
function character({ values }, marks) {
  const near = maximumFilter(marks.mask, 2).pixels;
  const full = fround(marks.full);
  const pixels = values.pixels.map((value, i) => {
    const share = near[i] ? fround(value / full) : 0;
    return rint(fround(255 * clip(fround(share - PALE) / fround(DARK - PALE), 0, 1)));
  });
  const [left, top, right, bottom] = marks.bounds;
  const box = [Math.max(left - 2, 0), Math.max(top - 2, 0), right + 2, bottom + 2];
  return { picture: cropGrey({ ...values, pixels }, box), count: countCharacters(marks) };
}
