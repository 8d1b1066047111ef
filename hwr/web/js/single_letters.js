/**
 * A second opinion on codes: each letter that stands apart is also read by itself.
 * `hwr/words/single_letters.py`, for a web page.
 *
 * A network of words sees about three letters on either side of each, and has learned what people
 * write. In a code nothing follows from what stands beside it, and a recogniser of single
 * characters, which sees one at its full size, knows its shape better. So the texts that a search
 * has found are ranked anew by the mean of both opinions.
 *
 * @typedef {import("hwr/ink.js").Stroke} Stroke
 * @typedef {import("hwr/prefix_beam.js").Decoded} Decoded
 */

import { align } from "hwr/ctc.js";
import { bounds, convert } from "hwr/ink.js";
import { COLUMNS_PER_FRAME } from "hwr/line_image.js";
import { softmax } from "hwr/recognizer.js";
import { CHARACTERS, classesOf } from "hwr/written_language.js";

/** The least probability of a letter by itself, so that one alone does not decide. */
export const LEAST = 1e-3;
/** Letters whose two cases look alike: `MERGED_LETTERS` of `hwr/alphabets.py`. */
export const MERGED_LETTERS = "CIJKLMOPSUVWXYZ";

/**
 * Return texts with the scores that they have when each letter is also read by itself, best first.
 *
 * @param {Decoded[]} found Best first.
 * @param {ArrayLike<number>[]} logProbabilities What the network of words says of the strokes.
 * @param {Stroke[]} strokes
 * @param {import("hwr/line_image.js").Frame} frame Of the strokes' image.
 * @param {string} letters The characters that occur; marks among them are not judged.
 * @param {import("hwr/recognizer.js").Recognizer} recognizer Of single characters.
 * @returns {Decoded[]}
 */
export function rankedAnew(found, logProbabilities, strokes, frame, letters, recognizer) {
  const groups = alike(letters);
  const own = new Map(); // texts of as many letters have them in the same places
  for (const { text } of found) {
    if (own.has(text.length)) continue;
    const spans = align(logProbabilities, classesOf(text));
    own.set(text.length, ownStrokes(strokes, frame, spans));
  }
  const keys = [...new Set([...own.values()].flat())].filter((key) => key);
  const images = keys.map((key) => convert(key.split(",").map((place) => strokes[place])));
  const said = images.length && groups.length > 1 ? opinions(images, groups, recognizer) : [];
  const opinionOf = new Map(keys.map((key, i) => [key, said[i]]));
  const opinion = (text) =>
    own.get(text.length).reduce((sum, key, i) => sum + (opinionOf.get(key)?.get(text[i]) ?? 0), 0);
  return found
    .map((one) => ({ ...one, score: (one.score + opinion(one.text)) / 2 }))
    .sort((a, b) => b.score - a.score);
}

/** Return the places of each letter's strokes, with commas; "" if its ink reaches into another. */
function ownStrokes(strokes, { scale, left }, spans) {
  const middles = spans.map(([start, end]) => left + (COLUMNS_PER_FRAME * (start + end)) / 2 / scale);
  const boxes = strokes.map((stroke) => bounds([stroke]));
  const nearest = boxes.map((box) => {
    const distances = middles.map((middle) => Math.abs((box.left + box.right) / 2 - middle));
    return distances.indexOf(Math.min(...distances));
  });
  return middles.map((_, letter) => {
    const mine = boxes.map((_, i) => i).filter((i) => nearest[i] === letter);
    const joined = mine.some((i) =>
      middles.some((other, k) => k !== letter && boxes[i].left < other && other < boxes[i].right));
    return joined ? "" : mine.join(",");
  });
}

/** Return each letter's log-probability by itself, beside that of the most probable one. */
function opinions(images, groups, recognizer) {
  const { members } = recognizer.outputs;
  const parts = groups.map((group) => [...group].map((letter) => members.indexOf(letter)));
  const possible = new Set(parts.flat());
  return recognizer.network.logits(images).map((logits) => {
    const scores = recognizer.scores(logits);
    const each = softmax(scores.map((score, i) => (possible.has(i) ? score : -Infinity)));
    const shares = parts.map((places) =>
      Math.max(places.reduce((sum, i) => sum + each[i], 0), LEAST));
    const most = Math.max(...shares);
    return new Map(groups.flatMap((group, i) =>
      [...group].map((letter) => [letter, Math.log(shares[i] / most)])));
  });
}

/** Return the letters, and as one those whose two cases look alike and are told by size. */
function alike(letters) {
  const groups = new Map();
  for (const letter of [...CHARACTERS].filter((each) => letters.includes(each))) {
    const capital = letter.toUpperCase();
    const name = MERGED_LETTERS.includes(capital) ? capital : letter;
    groups.set(name, (groups.get(name) ?? "") + letter);
  }
  return [...groups.values()];
}
