/**
 * The ways to read a word: its text, the case it is written in, and how far it can be trusted:
 * `hwr/readings.py`, for a web page.
 *
 * @typedef {import("./groups.js").Case} Case
 * @typedef {import("./groups.js").Fitted} Fitted
 * @typedef {import("./groups.js").Scored} Scored
 * @typedef {import("./language.js").Language} Language
 * @typedef {import("./lattice.js").Path} Path
 *
 * @typedef {{text: string, path: Path, score: number}} Reading
 * One way to read a word: with its capitals; how the ink was cut, where the text is in small
 * letters if the language settles case; and the score.
 */

import { logOdds } from "hwr/groups.js";
import { posteriors, search } from "hwr/lattice.js";

/** How a word may be written: whether its first letter, and whether the others are capitals. */
export const SMALL = [false, false];
export const TITLE = [true, false];
export const CAPITALS = [true, true];
/** How often words are written so. */
export const OFTEN = new Map([[SMALL, 0.87], [TITLE, 0.1], [CAPITALS, 0.03]]);
/** The share of capitals among a word's letters from which on it may be written in capitals. */
export const POSSIBLE = 0.4;
/** Each letter of a word adds so much to its score in prose, where each has its price. */
export const LONGER = 0.7;

const { exp, log, min } = Math;

/**
 * Give the readings of a word.
 *
 * @param {Scored} scored
 * @param {Language} language
 * @returns {Reading[]} Best first, each text once.
 */
export function readings(scored, language) {
  if (!language.settlesCase) {
    const paths = search(scored.groups(), scored.units.length, language);
    return paths.map((path) => ({ text: path.text, path, score: path.score }));
  }
  const found = written(SMALL, [SMALL, TITLE], scored, language);
  if (scored.capitals() >= POSSIBLE) {
    found.push(...written(CAPITALS, [CAPITALS], scored, language));
  }
  const best = new Map();
  for (const reading of found.sort((one, other) => other.score - one.score)) {
    if (!best.has(reading.text)) best.set(reading.text, reading);
  }
  return [...best.values()];
}

/** Search letters of one case, and give each word as it may be written. */
function written(searched, cases, scored, language) {
  const paths = search(scored.groups(searched, LONGER), scored.units.length, language);
  return paths.flatMap((path) => {
    const rise = scored.rises(path) / 2;
    const rising = new Map([[SMALL, -rise], [TITLE, rise], [CAPITALS, 0]]);
    return cases.map((one) => ({
      text: inCase(path.text, one),
      path,
      score: path.score + scored.fits(path, searched, one) + log(OFTEN.get(one)) + rising.get(one),
    }));
  });
}

/** Write a text of small letters with capitals where a case has them. */
function inCase(text, [first, others]) {
  return [...text]
    .map((letter, place) => ((place ? others : first) ? letter.toUpperCase() : letter))
    .join("");
}

/**
 * Give what tells a right reading from a wrong one, or from ink that is no writing.
 *
 * @param {Reading[]} found Best first, at least one, which has letters.
 * @param {Scored} scored
 * @returns {number[]} The log-odds of the best reading among all; the mean and the least log-odds
 *   of its groups to be whole characters; the mean and the least logarithm of its letters'
 *   probabilities; and the language's score for each letter, against that of letters at random.
 */
export function confidence(found, scored) {
  const [share] = posteriors(found.map((reading) => reading.score));
  const best = found[0].path;
  const odds = log(share + 1e-4) - log(1 - share + 1e-4);
  const wholes = best.groups.map((group) => scored.wholeOf(group));
  const seen = scored.seenAs(best);
  const spoken = (best.score - best.ink) / wholes.length + log(scored.letters.length);
  return [odds, mean(wholes), min(...wholes), mean(seen), min(...seen), spoken];
}

/**
 * Turn what `confidence` gives into the probability that a reading is right.
 *
 * @param {number[]} terms
 * @param {Fitted} fitted
 * @returns {number}
 */
export function probabilityRight(terms, fitted) {
  return 1 / (1 + exp(-logOdds(terms, fitted.confidence)));
}

/** Give the mean of some numbers. */
function mean(numbers) {
  return numbers.reduce((total, number) => total + number, 0) / numbers.length;
}
