/**
 * The marks of ink in a picture of one character, and which of them belong to it:
 * `hwr/images/marks.py`, for a web page.
 *
 * All sizes are relative to the largest mark, which is a stroke of the character; a frame around it
 * has been cut off before.
 *
 * @typedef {import("hwr/components.js").Box} Box
 * @typedef {import("hwr/depth.js").Depth} Depth
 * @typedef {import("hwr/ndimage.js").Mask} Mask
 *
 * @typedef {{mask: Mask, boxes: Box[], full: number, pen: number, bounds: Box, size: number,
 *   length: number}} Marks
 * Where they are; the box of each, the largest first; the depth of the ink, as a share of the
 * paper's brightness; the mean width of a stroke in pixels; the box of all together; its longer
 * side in pixels; and the same in widths of the widest stroke.
 */
import { boundingBoxes, strokeWidth, union } from "hwr/components.js";
import { checkTime } from "hwr/deadline.js";
import { rint } from "hwr/ink.js";
import {
  label, largestDistance, maximumFilter, quantile, smallestAround, surrounded, where,
} from "hwr/ndimage.js";

/** Depth below which nothing is ink, as a share of the paper's brightness. */
export const MIN_DEPTH = 0.12;
/** The same in standard deviations of the paper's grain. */
export const GRAIN_DEVIATIONS = 7;
/** Depth, as a share of the ink's, from which a pixel belongs to a mark. */
export const EDGE_DEPTH = 0.45;
/** Size of the smallest character, as a share of the picture's longer side. */
export const MIN_SIZE = 0.03;
/** Area of the smallest mark, in squares of the pen's width. */
export const MIN_AREA = 0.3;
/** Size of a mark from which it is written and no speck. */
export const LARGE = 0.35;
/** How far from the character such a mark is at most. */
export const FAR = 2;
/** Gap up to which a mark is the continuation of a stroke. */
export const NEAR = 0.1;
/** Size of the smallest dot, in widths of the pen. */
export const SMALLEST_DOT = 0.6;
/** Size of the largest dot, in widths of the pen. */
export const LARGEST_DOT = 3;
/** Largest gap between a dot and what it stands above. */
export const DOT_ABOVE = 0.6;
/** Largest gap between a dot and what it stands below. */
export const DOT_BELOW = 0.4;
/** Ratio of width to height up to which a mark is narrow: it may have a dot above it. */
export const NARROW = 0.5;
/** Ratio of height to width up to which a mark is flat: it may also have a dot below it. */
export const FLAT = 0.4;

/** Within this number of pixels around a mark, … */
export const RIM = 3;
/** … this share must be brighter than the mark. */
export const EDGE_SHARE = 0.7;
/** Brightness, as a share of that of the character's paper, below which it is not the same paper. */
export const SAME_PAPER = 0.6;
/** A frame has ink along this share of all four sides, … */
export const FRAME_SHARE = 0.85;
/** … within this distance from them, as a share of its sides, … */
export const FRAME_BAND = 0.1;
/** … and is drawn with a pen at most this thick, as a share of its shorter side. */
export const FRAME_PEN = 0.2;

const { fround } = Math;

/**
 * Find the marks of the character in a picture.
 *
 * @param {Depth} depth
 * @returns {?Marks} Null if nothing is written.
 */
export function findMarks(depth) {
  const least = Math.max(MIN_DEPTH, GRAIN_DEVIATIONS * depth.grain);
  const seen = largest(depth, least);
  if (!seen.main) return null;
  const inMain = (_, i) => seen.labels.pixels[i] === seen.main;
  const full = quantile(depth.values.pixels.filter(inMain), 0.8);
  const { main, labels, boxes, areas, papers } = largest(depth, Math.max(least, EDGE_DEPTH * full));
  const smallestSide = MIN_SIZE * Math.max(labels.height, labels.width);
  if (!main || longerSide(boxes[main - 1]) < smallestSide) return null;
  const pen = strokeWidth(where(labels, (n) => n === main));
  const smallest = Math.max(MIN_AREA * pen ** 2, 2);
  const others = [...areas.keys()].filter(
    (n) =>
      areas[n] >= smallest && n !== main - 1 && papers[n] >= SAME_PAPER * papers[main - 1] &&
      !encloses(labels, boxes, n, main - 1),
  );
  const kept = belonging(boxes, main - 1, others, pen);
  const written = new Set(kept.map((n) => n + 1));
  const mask = where(labels, (n) => n > 0 && written.has(n));
  const ownBoxes = kept.map((n) => boxes[n]);
  const bounds = union(ownBoxes);
  const size = longerSide(bounds);
  const length = size / (2 * largestDistance(mask));
  return { mask, boxes: ownBoxes, full, pen, bounds, size, length };
}

/** Return the number of the most visible mark, or 0; labels, boxes, areas and papers of all. */
function largest({ values, paper, grey }, least) {
  const limit = fround(least);
  const labels = withEdges(label(where(values, (value) => value >= limit)), grey, least);
  const boxes = boundingBoxes(labels);
  const [areas, depths, papers] = [0, 0, 0].map(() => new Float64Array(labels.count));
  labels.pixels.forEach((n, i) => {
    if (!n) return;
    areas[n - 1]++;
    depths[n - 1] += fround(values.pixels[i] * paper.pixels[i]);
    papers[n - 1] += paper.pixels[i];
  });
  papers.forEach((sum, n) => (papers[n] = sum / areas[n]));
  const visible = boxes.map((box, n) => longerSide(box) * (depths[n] / areas[n]));
  const most = visible.reduce((best, one) => Math.max(best, one), 0);
  return { main: visible.indexOf(most) + 1, labels, boxes, areas, papers };
}

/**
 * Return the marks that are darker than what is around them.
 *
 * Others end where the window of the closing ends, as beside bright ink and in a desk's corners.
 */
function withEdges(labels, grey, least) {
  const [near, grown] = [1, RIM].map((reach) => maximumFilter(labels, reach).pixels);
  const darker = fround(1 - least / 2);
  const [seen, brighter] = [0, 0].map(() => new Int32Array(labels.count + 1));
  grown.forEach((n, i) => {
    if (!n || near[i]) return;
    seen[n]++;
    const darkest = smallestAround(grey, i, RIM + 1);
    if (darkest <= fround(darker * grey.pixels[i])) brighter[n]++;
  });
  let count = 0;
  const numbers = seen.map((all, n) =>
    n && brighter[n] / Math.max(all, 1) >= EDGE_SHARE ? ++count : 0,
  );
  return { ...labels, pixels: labels.pixels.map((n) => numbers[n]), count };
}

export function longerSide(box) {
  return Math.max(...sides(box));
}

/** Return width and height of a box. */
export function sides([left, top, right, bottom]) {
  return [right - left, bottom - top];
}

/** Return the gap between two boxes; 0 if they overlap. */
function gap(one, other) {
  const across = Math.max(one[0] - other[2], other[0] - one[2], 0);
  const down = Math.max(one[1] - other[3], other[1] - one[3], 0);
  return Math.sqrt(across * across + down * down); // Math.hypot would be much slower
}

/** Return whether a mark is a frame around the main one. */
function encloses(labels, boxes, one, main) {
  checkTime();
  const [box, inner] = [boxes[one], boxes[main]];
  const around =
    box[0] < inner[0] && box[1] < inner[1] && box[2] > inner[2] && box[3] > inner[3];
  return around && isFrame(cropMask(labels, box, (n) => n === one + 1));
}

/**
 * Return the marks that are written, the main one first; the others are specks.
 *
 * A mark belongs to kept ones if it continues one, or is large and not far from it.
 */
function belonging(boxes, main, others, pen) {
  const size = longerSide(boxes[main]);
  const reach = boxes.map((box) => (longerSide(box) >= LARGE * size ? FAR : NEAR) * size);
  const nearest = boxes.map((box) => gap(box, boxes[main]));
  const kept = [main];
  let rest = others;
  for (let before = 0; kept.length > before; ) {
    before = kept.length;
    rest = rest.filter((n) => {
      if (nearest[n] > reach[n]) return true;
      kept.push(n);
      checkTime();
      for (const m of rest) nearest[m] = Math.min(nearest[m], gap(boxes[m], boxes[n]));
      return false;
    });
  }
  return [...kept, ...dots(boxes, kept.map((n) => boxes[n]), rest, pen)];
}

/** Return the marks that are dots above or below one of the kept ones, as in i, ä, ÷ and ?. */
function dots(boxes, kept, rest, pen) {
  const size = longerSide(kept[0]);
  const small = rest.filter((n) => {
    const longer = longerSide(boxes[n]);
    return SMALLEST_DOT * pen <= longer && longer <= LARGEST_DOT * pen;
  });
  const found = new Set();
  for (const letter of kept) {
    checkTime();
    const [width, height] = sides(letter);
    const within = (distance, most) => distance + pen > 0 && distance + pen <= most * size + pen;
    const over = small.filter((n) => isOver(boxes[n], letter, size));
    let above = over.filter((n) => within(letter[1] - boxes[n][3], DOT_ABOVE));
    let below = over.filter((n) => within(boxes[n][1] - letter[3], DOT_BELOW));
    const flat = height <= FLAT * width;
    const wide = width > NARROW * height && !flat;
    if (above.length > 2 || (above.length === 1 && wide)) above = [];
    if (below.length > 1 || (flat && above.length !== below.length)) below = [];
    for (const n of [...above, ...below]) found.add(n);
  }
  return [...found];
}

/** Return whether a dot's middle lies above or below a letter, and not beside it. */
function isOver(dot, letter, size) {
  const [middle, slack] = [(dot[0] + dot[2]) / 2, 0.15 * size];
  return letter[0] - slack <= middle && middle <= letter[2] + slack;
}

// --- frames --------------------------------------------------------------------------------------

/** Return the part of a mask, or of labels, in a box; `isIn` tells which values are in the mask. */
export function cropMask({ width, pixels }, [left, top, right, bottom], isIn = Boolean) {
  const part = new Uint8Array((bottom - top) * (right - left));
  for (let row = top, to = 0; row < bottom; row++) {
    for (let i = row * width + left; i < row * width + right; i++) part[to++] = isIn(pixels[i]);
  }
  return { height: bottom - top, width: right - left, pixels: part };
}

/**
 * Return whether ink runs along all four sides of a box, as no letter does.
 *
 * @param {Mask} mask A mark, cropped to its box.
 * @returns {boolean}
 */
export function isFrame(mask) {
  const { height, width, pixels } = mask;
  const [down, across] = [height, width].map((side) => Math.max(1, rint(FRAME_BAND * side)));
  /** For each side, where along it there is ink. */
  const inked = [width, width, height, height].map((side) => new Uint8Array(side));
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      if (!pixels[i]) continue;
      if (row < down) inked[0][column] = 1;
      if (row >= height - down) inked[1][column] = 1;
      if (column < across) inked[2][row] = 1;
      if (column >= width - across) inked[3][row] = 1;
    }
  }
  const paper = { height: height + 2, width: width + 2, pixels: surrounded(mask, 0).pixels };
  const thin = strokeWidth(paper) < FRAME_PEN * Math.min(height, width);
  return thin && inked.every((side) => share(side) >= FRAME_SHARE);
}

/** Return the share of ones. */
function share(ones) {
  return ones.reduce((sum, one) => sum + one, 0) / ones.length;
}

/** Return whether the largest mark has ink in all its corners, unlike a 0. */
export function hasCorners({ mask, boxes: [box] }) {
  const [left, top, right, bottom] = box;
  const [across, down] = sides(box).map((side) => Math.max(1, rint(0.8 * FRAME_BAND * side)));
  const corners = [[left, left + across], [right - across, right]].flatMap(([from, to]) => [
    [from, top, to, top + down],
    [from, bottom - down, to, bottom],
  ]);
  return corners.every((corner) => cropMask(mask, corner).pixels.includes(1));
}
