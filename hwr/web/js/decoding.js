/**
 * The readings of a word in their cases, and how far the best one can be trusted:
 * `hwr/words/decoding.py`, for a web page.
 *
 * @typedef {import("hwr/hypotheses.js").CharacterHypotheses} CharacterHypotheses
 * @typedef {import("hwr/language_model.js").LanguageModel} LanguageModel
 * @typedef {import("hwr/lattice.js").LatticePath} LatticePath
 *
 * @typedef {{text: string, path: LatticePath, score: number}} WordReading
 * One reading of a word: its text, with its capitals; how the ink was cut, with a text in small
 * letters if the language model ignores case; and its log-score.
 */

import { logOdds } from "hwr/hypotheses.js";
import { beamSearch, posteriors, sum } from "hwr/lattice.js";

export const LOWER_CASE = [false, false];
export const TITLE_CASE = [true, false];
export const UPPER_CASE = [true, true];
/** Relative frequencies of words in each case. */
export const CASE_RATES = new Map([[LOWER_CASE, 0.87], [TITLE_CASE, 0.1], [UPPER_CASE, 0.03]]);
/** Share of capitals among a word's letters above which it may be written in capitals. */
export const MIN_CAPITAL_SHARE = 0.4;
/** Score added per letter of prose, which makes up for the language model's cost per letter. */
export const LETTER_BONUS = 0.7;

const { exp, log, min } = Math;

/**
 * Return the readings of a word.
 *
 * @param {CharacterHypotheses} hypotheses
 * @param {LanguageModel} language
 * @returns {WordReading[]} Best first, each text once.
 */
export function decode(hypotheses, language) {
  if (!language.ignoresCase) {
    const paths = beamSearch(hypotheses.groups(), hypotheses.segments.length, language);
    return paths.map((path) => ({ text: path.text, path, score: path.score }));
  }
  const readings = search(LOWER_CASE, [LOWER_CASE, TITLE_CASE], hypotheses, language);
  if (hypotheses.capitalShare() >= MIN_CAPITAL_SHARE) {
    readings.push(...search(UPPER_CASE, [UPPER_CASE], hypotheses, language));
  }
  const best = new Map();
  for (const reading of readings.sort((one, other) => other.score - one.score)) {
    if (!best.has(reading.text)) best.set(reading.text, reading);
  }
  return [...best.values()];
}

/** Return the readings found with letters of one case, each written in all of `cases`. */
function search(searched, cases, hypotheses, language) {
  const groups = hypotheses.groups(searched, LETTER_BONUS);
  return beamSearch(groups, hypotheses.segments.length, language).flatMap((path) => {
    const height = hypotheses.heightLogOdds(path) / 2;
    const heights = new Map([[LOWER_CASE, -height], [TITLE_CASE, height], [UPPER_CASE, 0]]);
    return cases.map((written) => {
      const fit = hypotheses.caseLogOdds(path, searched, written);
      const score = path.score + fit + log(CASE_RATES.get(written)) + heights.get(written);
      return { text: inCase(path.text, written), path, score };
    });
  });
}

/** Return a text of small letters in a case. */
function inCase(text, [first, others]) {
  return [...text]
    .map((letter, place) => ((place ? others : first) ? letter.toUpperCase() : letter))
    .join("");
}

/**
 * Return the features that tell a right reading from a wrong one, or from a scribble.
 *
 * @param {WordReading[]} readings Best first; the first one has letters.
 * @param {CharacterHypotheses} hypotheses
 * @returns {number[]} Log-odds of the best reading among all; mean and minimum of the log-odds that
 *   its groups are whole characters; mean and minimum of its letters' log-probabilities; and the
 *   language model's score per letter, relative to that of random letters.
 */
export function confidenceFeatures(readings, hypotheses) {
  const [share] = posteriors(readings.map((reading) => reading.score));
  const best = readings[0].path;
  const odds = log(share + 1e-4) - log(1 - share + 1e-4);
  const whole = best.groups.map((group) => hypotheses.logOddsWhole(group));
  const letters = hypotheses.letterLogProbabilities(best);
  const language = (best.score - best.ink) / whole.length + log(hypotheses.letters.length);
  return [odds, mean(whole), min(...whole), mean(letters), min(...letters), language];
}

/** Convert `confidenceFeatures` to the probability that the best reading is right. */
export function probabilityCorrect(features, fitted) {
  return 1 / (1 + exp(-logOdds(features, fitted.confidence)));
}

/**
 * Return the probability of each reading, given that of the best one. The others keep their odds
 * among each other, and none exceeds the best; so the sum may be less than 1.
 *
 * @param {number} probability That of the best reading, from `probabilityCorrect`.
 * @param {number[]} scores The readings' log-scores, best first.
 */
export function shareOut(probability, scores) {
  const [first, ...others] = posteriors(scores);
  const scale = min((1 - probability) / Math.max(1 - first, 1e-9), probability / first);
  return [probability, ...others.map((share) => share * scale)];
}

function mean(numbers) {
  return sum(numbers) / numbers.length;
}
