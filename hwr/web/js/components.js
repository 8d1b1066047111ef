/**
 * Connected components of ink: their boxes and strokes, as in `hwr/images/components.py`.
 *
 * @typedef {import("hwr/ndimage.js").Labels} Labels
 * @typedef {import("hwr/ndimage.js").Mask} Mask
 *
 * @typedef {[number, number, number, number]} Box
 * Left, top, right and bottom, in pixels, y down.
 */

/**
 * Return the width of strokes: their area divided by half the length of their outline.
 *
 * An outline of length 1 runs, averaged over all directions, along 4 / pi edges of pixels.
 *
 * @param {Mask} mask
 * @returns {number} In pixels.
 */
export function strokeWidth({ height, width, pixels }) {
  let [area, edges] = [0, 0];
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      area += pixels[i];
      if (column + 1 < width && pixels[i] !== pixels[i + 1]) edges++;
      if (row + 1 < height && pixels[i] !== pixels[i + width]) edges++;
    }
  }
  return edges ? (area * 8) / Math.PI / edges : 1;
}

/**
 * Return the box of every label.
 *
 * @param {Labels} labels
 * @returns {Box[]} That of label 1 is the first.
 */
export function boundingBoxes({ height, width, pixels, count }) {
  const boxes = Array.from({ length: count }, () => [width, height, 0, 0]);
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      if (!pixels[i]) continue;
      const box = boxes[pixels[i] - 1];
      if (column < box[0]) box[0] = column;
      if (row < box[1]) box[1] = row;
      if (column >= box[2]) box[2] = column + 1;
      if (row >= box[3]) box[3] = row + 1;
    }
  }
  return boxes;
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
