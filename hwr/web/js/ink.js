/**
 * From a drawing to the 28x28 image that a network reads: `hwr/ink.py`, for a web page.
 *
 * The same steps under the same names: draw the strokes, blur, crop to the ink, centre in a square
 * with a border, shrink to 28x28. The network was trained on images that Python's steps made, so
 * `tests/web/test_ink_js.py` compares the two in a browser. JavaScript calculates with 64 bits;
 * where Python keeps a number in 32, `fround` and `Float32Array` round it likewise.
 *
 * @typedef {[number, number][]} Stroke
 * Points as [x, y], x to the right, y **down**, in any unit.
 *
 * @typedef {{height: number, width: number, pixels: Float32Array}} Picture
 * Grey pixels, row by row; paper is 0, full ink is 1.
 */

/** Pixels along each side of an EMNIST image. */
export const SIDE = 28;
/** Width in pixels of the empty border of an EMNIST image. */
export const BORDER = 2;
/** Length in pixels of a drawing's longer side when it is blurred: 3 x (28 - 2 x 2). */
export const LONGER_SIDE = 72;
/** Standard deviation of the blur, in pixels at that scale. */
export const BLUR = 1.2;
/** Default pen width as a share of the drawing's longer side, as EMNIST's writers had it. */
export const PEN = 0.14;
/** Share of the darkest ink below which grey counts as paper when a drawing is cropped. */
export const FAINT = 0.06;

const { fround } = Math;

// --- all the steps -----------------------------------------------------------------------------

/**
 * Convert a drawing to the image that a network reads.
 *
 * @param {Stroke[]} strokes
 * @param {number} [pen] Width of the pen as a share of the drawing's longer side.
 * @returns {Uint8Array} 28x28 greys, row by row: ink is 255; all zero if nothing is drawn.
 * @throws {RangeError} If a point is not finite, or the pen is not between 0 and 1.
 */
export function convert(strokes, pen = PEN) {
  return shrink(centre(crop(blur(rasterize(strokes, pen)))));
}

/**
 * Return the picture after each step of `convert`, by the step's name, in order.
 *
 * @param {Stroke[]} strokes
 * @param {number} [pen]
 * @returns {{drawn: Picture, blurred: Picture, cropped: Picture, centred: Picture,
 *   "28 x 28": Uint8Array}}
 */
export function conversionSteps(strokes, pen = PEN) {
  const drawn = rasterize(strokes, pen);
  const blurred = blur(drawn);
  const cropped = crop(blurred);
  const centred = centre(cropped);
  return { drawn, blurred, cropped, centred, "28 x 28": shrink(centred) };
}

// --- step 1: from strokes to a picture ---------------------------------------------------------

/**
 * Draw the strokes with a round, soft-edged pen, at one size for every drawing.
 *
 * @param {Stroke[]} strokes
 * @param {number} [pen]
 * @returns {Picture} The drawing's longer side spans `LONGER_SIDE` pixels, pen included; an empty
 *   drawing becomes one empty pixel.
 */
export function rasterize(strokes, pen = PEN) {
  check(strokes, pen);
  const drawn = strokes.filter((stroke) => stroke.length > 0);
  if (drawn.length === 0) return paper(1, 1);
  const { left, top, right, bottom } = bounds(drawn);
  const span = Math.max(right - left, bottom - top);
  const line = LONGER_SIDE / (1 + pen); // length of the pen's path
  const radius = (LONGER_SIDE - line) / 2;
  const scale = span > 1e-6 ? line / span : 0; // a dot stays a dot, wherever it is
  const margin = radius + 1;
  const paths = drawn.map((stroke) =>
    resample(stroke.map(([x, y]) => [(x - left) * scale + margin, (y - top) * scale + margin])),
  );
  const width = Math.ceil((right - left) * scale + 2 * margin) + 1;
  const height = Math.ceil((bottom - top) * scale + 2 * margin) + 1;
  return stamp(paths.flat(), radius, height, width);
}

/** Check a drawing as Python's `Ink` does; throw a RangeError for a bad one. */
export function check(strokes, pen) {
  if (!(pen > 0 && pen <= 1)) {
    throw new RangeError(`The pen's width is ${pen}: give a share of the drawing, 0.02 to 0.3.`);
  }
  strokes.forEach((stroke, i) => {
    if (!stroke.every(([x, y]) => Math.abs(x) < 1e9 && Math.abs(y) < 1e9)) { // false for NaN too
      throw new RangeError(
        `Stroke ${i + 1} holds a point that is no finite number: leave such points out.`,
      );
    }
  });
}

/** Return the smallest and largest x and y of a drawing that is not empty. */
export function bounds(strokes) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of strokes.flat()) {
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  return { left, top, right, bottom };
}

/** Place points at most `spacing` pixels apart along a path, keeping both of its ends. */
export function resample(path, spacing = 1) {
  const travelled = [0];
  for (let i = 1; i < path.length; i++) {
    const [dx, dy] = [path[i][0] - path[i - 1][0], path[i][1] - path[i - 1][1]];
    travelled.push(travelled[i - 1] + Math.hypot(dx, dy));
  }
  const last = path.length - 1;
  const count = Math.max(1, Math.ceil(travelled[last] / spacing - 1e-6) + 1);
  const step = count > 1 ? travelled[last] / (count - 1) : 0;
  const points = [];
  for (let n = 0, i = 0; n < count; n++) {
    const at = n > 0 && n === count - 1 ? travelled[last] : n * step;
    while (i < last && travelled[i + 1] <= at) i++; // between the points i and i + 1
    if (i === last) {
      points.push(path[last]);
      continue;
    }
    const [[x, y], [nextX, nextY]] = [path[i], path[i + 1]];
    const [beyond, length] = [at - travelled[i], travelled[i + 1] - travelled[i]];
    points.push([((nextX - x) / length) * beyond + x, ((nextY - y) / length) * beyond + y]);
  }
  return points;
}

/** Stamp a soft disc at every point; where discs overlap, the darker one counts. */
export function stamp(points, radius, height, width) {
  if (points.length > 5000) { // a scribble: points closer than a quarter of a pixel add nothing
    const quarters = points.map(([x, y]) => [rint(x * 4) / 4, rint(y * 4) / 4]);
    points = new Map(quarters.map(([x, y]) => [y * 4096 + x, [x, y]])).values(); // each once
  }
  const picture = paper(height, width);
  const { pixels } = picture;
  const reach = Math.ceil(radius + 0.5);
  const edge = fround(radius + 0.5);
  for (const [x, y] of points) {
    const [column, row] = [Math.floor(x), Math.floor(y)];
    const [firstRow, lastRow] = [Math.max(0, row - reach), Math.min(height - 1, row + reach)];
    const [first, last] = [Math.max(0, column - reach), Math.min(width - 1, column + reach)];
    for (let r = firstRow; r <= lastRow; r++) {
      const dy = fround(r - y);
      for (let c = first; c <= last; c++) {
        const dx = fround(c - x);
        const distance = fround(Math.sqrt(fround(fround(dy * dy) + fround(dx * dx))));
        const cover = Math.min(1, fround(edge - distance));
        const i = r * width + c;
        if (cover > pixels[i]) pixels[i] = cover;
      }
    }
  }
  return picture;
}

// --- steps 2 to 5: as EMNIST was made ----------------------------------------------------------

/**
 * Soften the edges with a Gaussian, on paper enlarged to hold the softened ink.
 *
 * @param {Picture} picture
 * @param {number} [sigma] Its standard deviation, in pixels.
 * @returns {Picture}
 */
export function blur(picture, sigma = BLUR) {
  const margin = Math.ceil(3 * sigma);
  const padded = paper(picture.height + 2 * margin, picture.width + 2 * margin);
  paste(padded, picture, margin, margin);
  const weights = gaussian(sigma, Math.floor(3 * sigma + 0.5));
  // A two-dimensional Gaussian is one along the columns, then one along the rows.
  return blurRows(transpose(blurRows(transpose(padded), weights)), weights);
}

/** Return half of a truncated Gaussian: its weights at the distances 0, 1, 2, … `radius`. */
export function gaussian(sigma, radius) {
  const distances = [...Array(radius + 1).keys()];
  const heights = distances.map((k) => Math.exp((-0.5 * k * k) / (sigma * sigma)));
  const sum = heights.reduce((total, height, k) => total + (k ? 2 : 1) * height, 0);
  return heights.map((height) => height / sum);
}

/** Blur along the rows. Beyond the picture's edges there is empty paper. */
export function blurRows({ height, width, pixels }, weights) {
  const blurred = paper(height, width);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const i = row * width + column;
      let sum = pixels[i] * weights[0];
      for (let k = weights.length - 1; k > 0; k--) {
        const left = column >= k ? pixels[i - k] : 0;
        const right = column + k < width ? pixels[i + k] : 0;
        sum += (left + right) * weights[k];
      }
      blurred.pixels[i] = sum;
    }
  }
  return blurred;
}

/**
 * Crop the empty paper around the ink (an empty picture stays as it is).
 *
 * @param {Picture} picture
 * @returns {Picture}
 */
export function crop(picture) {
  const { height, width, pixels } = picture;
  const faint = fround(fround(FAINT) * brightest(pixels));
  let [top, left, bottom, right] = [height, width, -1, -1];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      if (pixels[row * width + column] > faint) {
        [top, bottom] = [Math.min(top, row), row];
        [left, right] = [Math.min(left, column), Math.max(right, column)];
      }
    }
  }
  if (bottom < 0) return picture;
  const cropped = paper(bottom - top + 1, right - left + 1);
  for (let row = 0; row < cropped.height; row++) {
    const start = (top + row) * width + left;
    cropped.pixels.set(pixels.subarray(start, start + cropped.width), row * cropped.width);
  }
  return cropped;
}

/**
 * Centre the ink in a square with a border, and keep its aspect ratio.
 *
 * @param {Picture} picture
 * @returns {Picture}
 */
export function centre(picture) {
  const { height, width } = picture;
  const longer = Math.max(height, width);
  const side = longer + 2 * rint((longer * BORDER) / (SIDE - 2 * BORDER));
  const square = paper(side, side);
  paste(square, picture, Math.floor((side - height) / 2), Math.floor((side - width) / 2));
  return square;
}

/**
 * Resize a square to 28x28 by bicubic interpolation, and scale its greys to 0..255.
 *
 * @param {Picture} square
 * @returns {Uint8Array}
 */
export function shrink(square) {
  const small = resize(square, SIDE, SIDE).pixels;
  const full = brightest(small);
  if (full === 0) return new Uint8Array(SIDE * SIDE);
  const factor = fround(255 / full);
  return Uint8Array.from(small, (grey) => rint(fround(Math.max(0, grey) * factor)));
}

/**
 * Resize a picture by bicubic interpolation; greys may go a little beyond 0 and 1.
 *
 * @param {Picture} picture
 * @param {number} height
 * @param {number} width
 * @returns {Picture}
 */
export function resize(picture, height, width) {
  // As with the blur: once along the rows, then once along the columns.
  return transpose(resizeRows(transpose(resizeRows(picture, width)), height));
}

/**
 * Resize every row to `size` pixels, as Pillow does: each is a weighted mean of the old pixels
 * around its place. When a picture shrinks, the weights spread, so that no pixel is skipped.
 */
export function resizeRows({ height, width, pixels }, size) {
  const resized = paper(height, size);
  const means = Array.from({ length: size }, (_, column) => neighbours(width, size, column));
  for (let row = 0, to = 0; row < height; row++) {
    for (const { first, weights } of means) {
      const start = row * width + first;
      let mean = 0;
      for (let k = 0; k < weights.length; k++) mean += pixels[start + k] * weights[k];
      resized.pixels[to++] = mean;
    }
  }
  return resized;
}

/** Return the first of the old pixels around a new one, and the weights of all of them. */
function neighbours(width, size, column) {
  const scale = width / size;
  const spread = Math.max(scale, 1);
  const middle = (column + 0.5) * scale;
  const first = Math.max(0, Math.trunc(middle - 2 * spread + 0.5));
  const end = Math.min(width, Math.trunc(middle + 2 * spread + 0.5));
  const weights = new Float64Array(end - first).map((_, k) =>
    bicubic((first + k - middle + 0.5) / spread),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return { first, weights: weights.map((weight) => weight / sum) };
}

/** Return the weight of bicubic interpolation (a = -1/2) at a distance; 0 from 2 on. */
function bicubic(distance) {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * -0.5;
  return 0;
}

// --- used by several steps ---------------------------------------------------------------------

/** Return a picture of empty paper. */
function paper(height, width) {
  return { height, width, pixels: new Float32Array(height * width) };
}

/** Paste a picture into a larger one, its upper left corner at a row and a column. */
function paste(onto, { height, width, pixels }, top, left) {
  for (let row = 0; row < height; row++) {
    const part = pixels.subarray(row * width, (row + 1) * width);
    onto.pixels.set(part, (top + row) * onto.width + left);
  }
}

/** Swap rows and columns. */
export function transpose({ height, width, pixels }) {
  const turned = new pixels.constructor(pixels.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      turned[column * height + row] = pixels[row * width + column];
    }
  }
  return { height: width, width: height, pixels: turned };
}

/** Return the largest of some greys, at least 0. */
function brightest(greys) {
  return greys.reduce((most, grey) => Math.max(most, grey), 0);
}

/** Round as Python and NumPy do: a half goes to the even neighbour. */
export function rint(number) {
  const up = Math.round(number);
  return up - number === 0.5 && up % 2 !== 0 ? up - 1 : up;
}

/** Limit a number to a range. */
export function clip(number, least, largest) {
  return Math.min(largest, Math.max(least, number));
}
