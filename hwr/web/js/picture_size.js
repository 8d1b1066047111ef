/**
 * Width and height from the first bytes of a picture's file, before anything is decoded: a small
 * file can hold a picture that takes all memory.
 */

/** The formats by their first characters, and what reads their sizes. */
const FORMATS = [
  [/^\x89PNG/, (bytes) => [big(bytes, 16, 4), big(bytes, 20, 4)]],
  [/^\xff\xd8/, jpegSize],
  [/^GIF8/, gifSize],
  [/^BM/, bmpSize],
  [/^RIFF.{4}WEBP/s, webpSize],
  [/^.{4}ftyp/s, heifSize],
  [/^(II\*\0|MM\0\*)/, tiffSize],
];

/**
 * Return width and height of a PNG, JPEG, GIF, BMP, WebP, AVIF, HEIC or TIFF file.
 *
 * @param {Uint8Array} bytes The file.
 * @returns {[number, number]} In pixels; 0 for other files, and if they are not found.
 */
export function pictureSize(bytes) {
  const start = text(bytes, 0, 12);
  const [, sizeOf] = FORMATS.find(([pattern]) => pattern.test(start)) ?? [];
  return sizeOf ? sizeOf(bytes) : [0, 0];
}

function jpegSize(bytes) {
  for (let at = 2; at < bytes.length; ) {
    const marker = bytes[at + 1];
    // C0 to CF begin a frame, except three that hold tables.
    const frame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (bytes[at] !== 0xff || marker === 0xff) at++; // what is between segments does not count
    else if (frame) return [big(bytes, at + 7, 2), big(bytes, at + 5, 2)];
    else if (marker <= 1 || (marker >= 0xd0 && marker <= 0xd9)) at += 2; // it has no length
    else at += 2 + big(bytes, at + 2, 2);
  }
  return [0, 0];
}

/** Return the size of a GIF: its first frame may be larger than the screen before it. */
function gifSize(bytes) {
  const flags = bytes[10];
  let at = 13 + (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0); // after the table of colours
  while (bytes[at] === 0x21) { // an extension, in blocks, of which the last one is empty
    for (at += 2; bytes[at]; at += 1 + bytes[at]);
    at++;
  }
  const place = (offset) => (bytes[at] === 0x2c ? little(bytes, at + offset, 2) : 0);
  return [
    Math.max(little(bytes, 6, 2), place(1) + place(5)),
    Math.max(little(bytes, 8, 2), place(3) + place(7)),
  ];
}

function bmpSize(bytes) {
  if (little(bytes, 14, 4) === 12) return [little(bytes, 18, 2), little(bytes, 20, 2)];
  return [18, 22].map((at) => Math.abs(little(bytes, at, 4) | 0)); // below 0: from top to bottom
}

function webpSize(bytes) {
  const bits = little(bytes, 21, 4);
  switch (text(bytes, 12, 4)) {
    case "VP8X": return [1 + little(bytes, 24, 3), 1 + little(bytes, 27, 3)];
    case "VP8L": return [1 + (bits & 0x3fff), 1 + ((bits >>> 14) & 0x3fff)];
    case "VP8 ": return [26, 28].map((at) => little(bytes, at, 2) & 0x3fff);
    default: return [0, 0];
  }
}

/** Return the size of the largest picture in an AVIF or HEIC file; `ispe` boxes have the sizes. */
function heifSize(bytes) {
  let [width, height] = [0, 0];
  for (let at = 0, length; at < bytes.length; at += length) {
    length = big(bytes, at, 4);
    if (length === 1) length = big(bytes, at + 8, 8);
    if (length < 8) length = bytes.length - at; // the last box
    if (text(bytes, at + 4, 4) !== "meta") continue;
    const meta = bytes.subarray(at, at + length);
    for (let i = meta.indexOf(0x69); i >= 0; i = meta.indexOf(0x69, i + 1)) {
      if (big(meta, i, 4) !== 0x69737065) continue;
      const size = [big(meta, i + 8, 4), big(meta, i + 12, 4)];
      if (size[0] * size[1] > width * height) [width, height] = size;
    }
  }
  return [width, height];
}

/** Return the size of a TIFF file's first page, whose entries 256 and 257 hold it. */
function tiffSize(bytes) {
  const number = bytes[0] === 0x49 ? little : big;
  const first = number(bytes, 4, 4);
  const [width, height] = [256, 257].map((tag) => {
    for (let at = first + 2, i = number(bytes, first, 2); i > 0; i--, at += 12) {
      if (number(bytes, at, 2) !== tag) continue;
      return number(bytes, at + 8, number(bytes, at + 2, 2) === 3 ? 2 : 4);
    }
    return 0;
  });
  return [width, height];
}

/** Return some bytes as characters. */
function text(bytes, at, count) {
  return String.fromCharCode(...bytes.subarray(at, at + count));
}

/** Return the number in some bytes, the first of which counts most; 0 beyond the end. */
function big(bytes, at, count) {
  let number = 0;
  for (let i = at; i < at + count; i++) number = 256 * number + (bytes[i] ?? 0);
  return number;
}

/** Return the number in some bytes, the last of which counts most; 0 beyond the end. */
function little(bytes, at, count) {
  let number = 0;
  for (let i = at + count - 1; i >= at; i--) number = 256 * number + (bytes[i] ?? 0);
  return number;
}
