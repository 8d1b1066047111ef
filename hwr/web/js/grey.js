/**
 * A picture in grey, of a size that fits into memory: `_reduce_to_grey` of `hwr/images/io.py`, for
 * a web page.
 *
 * @typedef {{height: number, width: number, pixels: Uint8ClampedArray}} Grey
 * Grey pixels in 0..255, row by row.
 */
import { resizeRows, transpose } from "hwr/ink.js";

/** Length in pixels to which the longer side of a picture is reduced. */
export const MAX_SIDE = 2400;
/** Share of opaque pixels that differ from most, from which these are paper and not ink. */
export const MIN_INK_SHARE = 0.002;
/** Number of pixels that are drawn at once: phones limit the size of a canvas. */
const STRIP = 1e6;

/**
 * Return a part of a picture, or of a camera's picture, in grey, with at most `MAX_SIDE` pixels on
 * a side. Transparency becomes paper.
 *
 * @param {CanvasImageSource} source
 * @param {number} left
 * @param {number} top
 * @param {number} width
 * @param {number} height
 * @returns {Grey}
 */
export function toGrey(source, left, top, width, height) {
  const [down, across] = thumbnailSize(height, width);
  // Of a strip only its shortened rows are kept, so that a large picture takes little memory.
  let [light, alpha] = [blank(height, across, 0), null];
  for (const strip of strips(source, left, top, width, height)) {
    narrow(strip.light, light, strip.row);
    if (!strip.alpha) continue;
    alpha ??= blank(height, across, 255);
    narrow(strip.alpha, alpha, strip.row);
  }
  light = flat(light, down);
  return alpha ? onPaper(light, flat(alpha, down)) : light;
}

/** Return height and width of a picture reduced to `MAX_SIDE`, in Pillow's rounding. */
function thumbnailSize(height, width) {
  if (Math.max(height, width) <= MAX_SIDE) return [height, width];
  const [shorter, longer] = [Math.min(height, width), Math.max(height, width)];
  const side = (MAX_SIDE * shorter) / longer;
  const [aspect, upright] = [width / height, width < height];
  const error = (pixels) => Math.abs(aspect - (upright ? pixels / MAX_SIDE : MAX_SIDE / pixels));
  const [less, more] = [Math.max(Math.floor(side), 1), Math.ceil(side)];
  const other = error(more) < error(less) ? more : less;
  return upright ? [MAX_SIDE, other] : [other, MAX_SIDE];
}

function blank(height, width, value) {
  return { height, width, pixels: new Uint8ClampedArray(height * width).fill(value) };
}

/** Read a picture in strips: the first row of each, its light, and its opacity if there is any. */
function* strips(source, left, top, width, height) {
  const canvas = document.createElement("canvas");
  const most = Math.max(1, Math.min(height, Math.floor(STRIP / width)));
  [canvas.width, canvas.height] = [width, most];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  for (let row = 0; row < height; row += most) {
    const count = Math.min(most, height - row);
    context.clearRect(0, 0, width, count);
    context.drawImage(source, left, top + row, width, count, 0, 0, width, count);
    const { data } = context.getImageData(0, 0, width, count);
    const [light, alpha] = [blank(count, width, 0), blank(count, width, 255)];
    let opaque = true;
    for (let i = 0, to = 0; i < data.length; i += 4, to++) {
      // Luma of ITU-R 601, in Pillow's integers.
      const grey = (19595 * data[i] + 38470 * data[i + 1] + 7471 * data[i + 2] + 0x8000) >> 16;
      light.pixels[to] = grey;
      if (data[i + 3] === 255) continue;
      // Light and opacity can be resized, a colour cannot: what is transparent may have any.
      light.pixels[to] = (grey * data[i + 3]) / 255;
      alpha.pixels[to] = data[i + 3];
      opaque = false;
    }
    yield { row, light, alpha: opaque ? null : alpha };
  }
}

/** Shorten the rows of a strip to those of a picture, and put them there from a row on. */
function narrow(strip, picture, row) {
  const { pixels } = strip.width === picture.width ? strip : resizeRows(strip, picture.width);
  picture.pixels.set(pixels, row * picture.width);
}

/** Shorten the columns of a picture. */
function flat(picture, height) {
  if (picture.height === height) return picture;
  const { pixels } = transpose(resizeRows(transpose(picture), height));
  return { height, width: picture.width, pixels: Uint8ClampedArray.from(pixels) };
}

/**
 * Return a transparent picture's grey on paper on which its ink is visible.
 *
 * What is opaque is either ink alone, or paper with ink, whose brightness is its median.
 */
function onPaper(light, alpha) {
  const visible = light.pixels
    .map((value, i) => (255 * value) / alpha.pixels[i])
    .filter((_, i) => alpha.pixels[i] > 127);
  const ground = groundOf(visible, visible.length < light.pixels.length);
  const pixels = light.pixels.map((value, i) => value + ground * (1 - alpha.pixels[i] / 255));
  return { ...light, pixels };
}

/** Return the brightness of the paper under visible greys. */
function groundOf(visible, partly) {
  if (visible.length === 0 || !partly) return 255;
  const paper = median(visible);
  const share = (greys) => greys.length / visible.length;
  if (share(visible.filter((grey) => Math.abs(grey - paper) > 30)) > MIN_INK_SHARE) return paper;
  return visible.reduce((sum, grey) => sum + grey, 0) / visible.length < 128 ? 255 : 0;
}

/** Return the median of some greys in 0..255. */
export function median(greys) {
  const counts = new Uint32Array(256);
  for (const grey of greys) counts[grey]++;
  const at = (place) => {
    let [grey, upTo] = [0, counts[0]];
    while (upTo <= place) upTo += counts[++grey];
    return grey;
  };
  return (at((greys.length - 1) >> 1) + at(greys.length >> 1)) / 2;
}
