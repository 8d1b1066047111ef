/**
 * From a picture of one character to the 28x28 image: the rest of `hwr/ink.py`, for a web page.
 *
 * Step by step as there: find the ink, dark on bright or bright on dark, bring it to one size,
 * then go the way of every drawing. `tests/test_web_page.py` compares the two.
 *
 * @typedef {import("hwr/ink.js").Picture} Picture
 */
import { LONGER_SIDE, SIDE, blur, centre, crop, resize, shrink } from "hwr/ink.js";
import { Refused } from "hwr/notes.js";

/** Largest picture that is opened, in pixels. */
export const MAX_PIXELS = 50_000_000;
/** Largest file that is opened, in bytes. */
export const MAX_BYTES = 50_000_000;

// --- from a file to its ink ----------------------------------------------------------------------

/**
 * Open a picture of one character.
 *
 * @param {File} file
 * @returns {Promise<Picture>} Ink is bright, up to 255; paper is 0.
 * @throws {Refused} If the file is no picture, is damaged, or is too large.
 */
export async function openPicture(file) {
  const name = file.name || "The picture";
  if (file.size > MAX_BYTES) throw tooLarge(name, `${(file.size / 1e6).toFixed(0)} MB`);
  const [width, height] = declared(new Uint8Array(await file.arrayBuffer()));
  check(name, width, height); // before it is decoded, which may take all memory
  let bitmap;
  try {
    // The camera's rotation is undone, the colours are taken as they are in the file.
    bitmap = await createImageBitmap(file, { colorSpaceConversion: "none" });
  } catch {
    throw new Refused(
      `${name} cannot be read as a picture: give a PNG or JPEG file that opens elsewhere.`,
    );
  }
  check(name, bitmap.width, bitmap.height);
  try {
    return inkOf(bitmap, 0, 0, bitmap.width, bitmap.height);
  } finally {
    bitmap.close();
  }
}

function check(name, width, height) {
  if (width * height > MAX_PIXELS) {
    const [across, down] = [width, height].map((side) => side.toLocaleString("en"));
    throw tooLarge(name, `${across} x ${down} pixels`);
  }
}

function tooLarge(name, what) {
  return new Refused(
    `${name} has ${what}: give a picture of at most ${MAX_PIXELS / 1e6} megapixels, ` +
      "for example a cropped one.",
  );
}

/** Give width and height as the head of a PNG or JPEG file says them; 0 for other files. */
function declared(bytes) {
  const view = new DataView(bytes.buffer);
  if (bytes.length > 24 && view.getUint32(0) === 0x89504e47) {
    return [view.getUint32(16), view.getUint32(20)];
  }
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return [0, 0];
  for (let at = 2; at + 9 < bytes.length; at += 2 + view.getUint16(at + 2)) {
    const marker = bytes[at + 1];
    // C0 to CF begin a frame, but for three that hold tables.
    const frame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (frame) return [view.getUint16(at + 7), view.getUint16(at + 5)];
  }
  return [0, 0];
}

/**
 * Find the ink in a part of a picture, or of what a camera sees.
 *
 * @param {CanvasImageSource} source
 * @param {number} left
 * @param {number} top
 * @param {number} width
 * @param {number} height
 * @returns {Picture}
 */
export function inkOf(source, left, top, width, height) {
  const [grey, alpha] = [new Uint8Array(width * height), new Uint8Array(width * height)];
  const canvas = document.createElement("canvas");
  const rows = Math.max(1, Math.min(height, Math.floor(1e6 / width))); // phones allow no large ones
  [canvas.width, canvas.height] = [width, rows];
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  for (let row = 0; row < height; row += rows) {
    const count = Math.min(rows, height - row);
    pen.clearRect(0, 0, width, rows);
    pen.drawImage(source, left, top + row, width, count, 0, 0, width, count);
    const { data } = pen.getImageData(0, 0, width, count);
    for (let i = 0, to = row * width; i < data.length; i += 4, to++) {
      // Luma of ITU-R 601, in Pillow's whole numbers.
      grey[to] = (19595 * data[i] + 38470 * data[i + 1] + 7471 * data[i + 2] + 0x8000) >> 16;
      alpha[to] = data[i + 3];
    }
  }
  return separateInk(height, width, grey, alpha);
}

/** Turn ink that differs from the paper into bright ink on 0; the edge of a picture is paper. */
function separateInk(height, width, grey, alpha) {
  const pixels = Float32Array.from(grey);
  if (alpha.some((share) => share < 255)) {
    // Ink on a transparent ground: the ground takes the opposite grey.
    let [sum, seen] = [0, 0];
    grey.forEach((value, i) => {
      if (alpha[i] > 127) [sum, seen] = [sum + value, seen + 1];
    });
    if (seen < grey.length) {
      const ground = seen === 0 || sum / seen < 128 ? 255 : 0;
      for (let i = 0; i < pixels.length; i++) {
        pixels[i] = (pixels[i] * alpha[i] + ground * (255 - alpha[i])) / 255;
      }
    }
  }
  const paper = median(edge(height, width, pixels));
  let strongest = 0;
  for (let i = 0; i < pixels.length; i++) {
    pixels[i] = Math.abs(pixels[i] - paper);
    strongest = Math.max(strongest, pixels[i]);
  }
  if (strongest < 30) return { height, width, pixels: pixels.fill(0) }; // paper and its grain
  for (let i = 0; i < pixels.length; i++) {
    const ink = (pixels[i] / strongest - 0.2) / 0.6;
    pixels[i] = Math.round(255 * Math.min(Math.max(ink, 0), 1));
  }
  return { height, width, pixels };
}

/** Give the greys along the four edges of a picture. */
function edge(height, width, pixels) {
  const greys = [...pixels.subarray(0, width), ...pixels.subarray((height - 1) * width)];
  for (let row = 0; row < height; row++) {
    greys.push(pixels[row * width], pixels[(row + 1) * width - 1]);
  }
  return greys;
}

function median(numbers) {
  const sorted = Float32Array.from(numbers).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

// --- from ink to the image -----------------------------------------------------------------------

/**
 * Turn a picture into the image that a network reads.
 *
 * @param {Picture} picture Ink is bright, paper is 0.
 * @returns {Uint8Array} 28x28 greys, row by row; all zero where there is no ink.
 */
export function convertPicture(picture) {
  const drawn = atOneSize(picture, LONGER_SIDE);
  return drawn ? shrink(centre(crop(blur(drawn)))) : new Uint8Array(SIDE * SIDE);
}

/**
 * Cut a picture to its ink and bring its longer side to a length, its darkest ink to 1.
 *
 * @param {Picture} picture
 * @param {number} longer In pixels.
 * @returns {?Picture} Nothing where there is no ink.
 */
export function atOneSize(picture, longer) {
  const { height, width, pixels } = crop(picture);
  const most = pixels.reduce((largest, grey) => Math.max(largest, grey), 0);
  if (most === 0) return null;
  const scaled = { height, width, pixels: pixels.map((grey) => grey / most) };
  const factor = longer / Math.max(height, width);
  const [down, across] = [height, width].map((side) => Math.max(1, rint(side * factor)));
  const resized = resize(scaled, down, across);
  resized.pixels.forEach((grey, i, all) => (all[i] = Math.min(Math.max(grey, 0), 1)));
  return resized;
}

/** Round as Python does: a half goes to the even neighbour. */
function rint(number) {
  const up = Math.round(number);
  return up - number === 0.5 && up % 2 !== 0 ? up - 1 : up;
}
