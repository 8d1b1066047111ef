/**
 * From a picture of one character to the 28x28 image: `open_character` of `hwr/images/io.py` and
 * `convert` of `hwr/ink.py`, for a web page.
 *
 * @typedef {import("hwr/character_picture.js").CharacterPicture} CharacterPicture
 * @typedef {import("hwr/ink.js").Picture} Picture
 */
import { findCharacter } from "hwr/character_picture.js";
import { OutOfTimeError, timeLimit } from "hwr/deadline.js";
import { toGrey } from "hwr/grey.js";
import { LONGER_SIDE, SIDE, blur, centre, clip, crop, resize, rint, shrink } from "hwr/ink.js";
import { pictureSize } from "hwr/picture_size.js";
import { UserError } from "hwr/status_line.js";

/** Size in pixels above which a picture is refused. */
export const MAX_PIXELS = 50_000_000;
/** Size in pixels up to which a browser may copy a picture to keep the colours of its file. */
const MAX_COPIED = 24_000_000;
/** Size in bytes above which a file is refused. */
export const MAX_BYTES = 50_000_000;
/** Seconds that looking for a character may take, on a slow telephone too. */
export const MAX_READING_SECONDS = 8;
/** What files are that a browser may not open, or that are not given to it, by their beginning. */
const KINDS = [
  [/^.{4}ftyp(hei|hev|mif1|msf1)/s, "a HEIC photograph"],
  [/^.{4}ftypavi/s, "an AVIF picture"],
  [/^.{4}ftyp|^.{8}AVI /s, "a video"],
  [/^%PDF-/, "a PDF document"],
  [/^(II[*+]\0|MM\0[*+])/, "a TIFF picture"],
  [/^(\xff\x0a|\0{3}\x0cJXL )/, "a JPEG XL picture"],
  [/^\0\0[\x01\x02]\0/, "an icon"],
  [/^\s*<.*<svg\b|^\s*<svg\b/is, "an SVG drawing"],
  [/^AT&TFORM/, "a DjVu document"],
  [/^8BPS/, "a Photoshop file"],
  [/^%!PS/, "a PostScript drawing"],
  [/^(PK\x03\x04|\xd0\xcf\x11\xe0)/, "a document or an archive"],
];

// --- from a file to its ink ----------------------------------------------------------------------

/**
 * Open a picture of one character.
 *
 * @param {File} file
 * @returns {Promise<CharacterPicture>}
 * @throws {UserError} If the file is not a picture, is damaged, is too large, or holds too much.
 */
export async function openPicture(file) {
  const name = file.name || "The picture";
  if (file.size > MAX_BYTES) throw tooLarge(name, `${(file.size / 1e6).toFixed(0)} MB`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const [width, height] = pictureSize(bytes);
  // Decoding could take all memory.
  if (!(width && height)) throw new UserError(name + refusal(bytes));
  checkSize(name, width, height);
  let bitmap;
  try {
    // This undoes the camera's rotation. A colour profile hardly changes the grey of ink.
    const colorSpaceConversion = width * height > MAX_COPIED ? "default" : "none";
    bitmap = await createImageBitmap(file, { colorSpaceConversion });
  } catch {
    throw new UserError(name + refusal(bytes));
  }
  checkSize(name, bitmap.width, bitmap.height);
  try {
    return characterIn(bitmap, 0, 0, bitmap.width, bitmap.height);
  } finally {
    bitmap.close();
  }
}

/** Return why a file is not read, told by its content. */
function refusal(bytes) {
  const start = String.fromCharCode(...bytes.subarray(0, 2000));
  const [, kind] = KINDS.find(([pattern]) => pattern.test(start)) ?? [];
  return kind
    ? ` is ${kind}, which this page cannot read: open it with a viewer and save it as PNG or JPEG.`
    : " cannot be read as a picture: give a PNG or JPEG file that opens elsewhere.";
}

function checkSize(name, width, height) {
  if (width * height > MAX_PIXELS) {
    const [across, down] = [width, height].map((side) => side.toLocaleString("en"));
    throw tooLarge(name, `${across} x ${down} pixels`);
  }
}

function tooLarge(name, size) {
  return new UserError(
    `${name} has ${size}: give a picture of at most ${MAX_PIXELS / 1e6} megapixels, ` +
      "for example a cropped one.",
  );
}

/**
 * Find the character in a part of a picture, or of a camera's picture.
 *
 * @throws {UserError} If there is so much in it that it takes too long.
 */
export function characterIn(source, left, top, width, height) {
  const grey = toGrey(source, left, top, width, height);
  try {
    return timeLimit(MAX_READING_SECONDS, () => findCharacter(grey));
  } catch (error) {
    if (!(error instanceof OutOfTimeError)) throw error;
    throw new UserError(
      `There is too much in this picture to find a character within ${MAX_READING_SECONDS} ` +
        "seconds: give one of a single character on plain paper.",
    );
  }
}

// --- from ink to the image -----------------------------------------------------------------------

/**
 * Convert a picture to the image that a network reads.
 *
 * @param {Picture} picture Ink is bright, paper is 0.
 * @returns {Uint8Array} 28x28 greys, row by row; all zero if there is no ink.
 */
export function convertPicture(picture) {
  const drawn = scaleToInk(picture, LONGER_SIDE);
  return drawn ? shrink(centre(crop(blur(drawn)))) : new Uint8Array(SIDE * SIDE);
}

/**
 * Crop a picture to its ink; scale its longer side to a length in pixels, its darkest ink to 1.
 *
 * @returns {?Picture} Null if there is no ink.
 */
export function scaleToInk(picture, longer) {
  const { height, width, pixels } = crop(picture);
  const most = pixels.reduce((largest, grey) => Math.max(largest, grey), 0);
  if (most === 0) return null;
  const scaled = { height, width, pixels: pixels.map((grey) => grey / most) };
  const factor = longer / Math.max(height, width);
  const [down, across] = [height, width].map((side) => Math.max(1, rint(side * factor)));
  const resized = resize(scaled, down, across);
  resized.pixels.forEach((grey, i, all) => (all[i] = clip(grey, 0, 1)));
  return resized;
}
