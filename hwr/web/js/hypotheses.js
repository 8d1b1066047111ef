/**
 * Character hypotheses: which character a group of segments may be, and whether it is one at all:
 * `hwr/words/hypotheses.py`, for a web page.
 *
 * Whether a group is one whole character is estimated from its shape, from the gaps around it and
 * from the recogniser's confidence, by logistic regressions whose coefficients are in the page.
 *
 * @typedef {import("hwr/lattice.js").Group} Group
 * @typedef {import("hwr/segments.js").Segments} Segments
 * @typedef {import("hwr/segments.js").Span} Span
 *
 * @typedef {[boolean, boolean]} Case
 * Whether a word's first letter is a capital, and whether its others are.
 *
 * @typedef {Object<string, {coefficients: number[], intercept: number}>} Fitted
 * Logistic regressions by name.
 */

import { clip } from "hwr/ink.js";
import { sum } from "hwr/lattice.js";
import { quantile } from "hwr/segments.js";

/** Assumed error rate of the recogniser; keeps every letter's probability above zero. */
export const ASSUMED_ERROR_RATE = 0.02;
/** Weight of a letter's other case: how often the recogniser confuses the two. */
export const OTHER_CASE_RATE = 0.03;
/** Weight of a digit beside capitals: the 0 of NIST's forms is narrower than one on a pad. */
export const DIGIT_WEIGHT = 1.65;
/** Letters without ascenders and descenders. */
export const STEMLESS = "acemnorsuvwxz";
/** Letters whose capitals have the same shape. */
export const SAME_SHAPE_CASES = "cfkmopsuvwxyz";
/** Mean height of a capital, in heights of small letters. */
export const CAPITAL_HEIGHT = 1.6;
/** Its standard deviation. */
export const CAPITAL_HEIGHT_DEVIATION = 0.3;
/** Bound on the log-odds that a letter's height contributes. */
export const MAX_HEIGHT_LOG_ODDS = 2;
/**
 * Weight, in a word's score, of the log-odds that its groups are whole characters. Below 1, because
 * groups that share segments are not independent.
 */
export const WHOLE_WEIGHT = 0.7;
/** Size, in heights of the word, below which a segment may be no letter but a comma or a speck. */
export const SPECK_SIZE = 0.25;
/** Score of a skipped speck, on the scale of the letters' log-odds. */
export const SKIP_SCORE = -2;
/** Log-odds from its shape alone below which a group is not considered a character. */
export const MIN_SHAPE_LOG_ODDS = -8;
/** The characters in which words are read, in the order of their probabilities. */
export const CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
export const CAPITAL_INDICES = [...CHARACTERS].flatMap((c, i) => (/[A-Z]/.test(c) ? [i] : []));
/** All characters with upper and lower case merged. */
export const CASELESS = "0123456789abcdefghijklmnopqrstuvwxyz";

const { exp, log, max } = Math;

// --- the fitted regressions ----------------------------------------------------------------------

/** Return the log-odds that a logistic regression assigns to some features. */
export function logOdds(features, { coefficients, intercept }) {
  return features.reduce((odds, feature, i) => odds + feature * coefficients[i], 0) + intercept;
}

/** Append the products of all pairs of features. */
export function withProducts(features) {
  const products = features.flatMap((one, i) => features.slice(i).map((other) => one * other));
  return [...features, ...products];
}

/**
 * Return the features that tell a whole character from a part of one, or from several.
 *
 * @param {number[]} shape From `Segments.shapeFeatures`.
 * @param {Float32Array} probabilities Of the 62 characters.
 * @returns {number[]} Shape, log-probability of the best character, entropy, and the products of
 *   all pairs.
 */
export function characterFeatures(shape, probabilities) {
  const merged = caseWeights(CASELESS, false, 1).map((row) => dot(probabilities, row));
  const entropy = -sum(merged.map((share) => share * log(share + 1e-9)));
  return withProducts([...shape, log(max(...merged) + 1e-6) / 5, entropy]);
}

// --- from 62 characters to the letters of a language ---------------------------------------------

/** Results of `caseWeights` by its arguments. */
const knownWeights = new Map();

/**
 * Return how much each of the 62 characters counts as each letter.
 *
 * @param {string} letters
 * @param {boolean} [capitals] Whether small letters stand for their capitals, as in a word written
 *   in capitals.
 * @param {number} [other] Weight of the other case, if the letters hold only one of the two.
 * @returns {[number, number][][]} For each letter the characters with a weight, as pairs of index
 *   and weight.
 */
export function caseWeights(letters, capitals = false, other = OTHER_CASE_RATE) {
  const key = [letters, capitals, other].join();
  if (!knownWeights.has(key)) {
    const digit = letters === letters.toLowerCase() && /[a-z]/.test(letters) ? 1 : DIGIT_WEIGHT;
    const weight = (character, letter) => {
      if (character === (capitals ? letter.toUpperCase() : letter)) {
        return /\d/.test(letter) ? digit : 1;
      }
      const same = character.toLowerCase() === letter.toLowerCase();
      return same && (capitals || !letters.includes(character)) ? other : 0;
    };
    const row = (letter) => [...CHARACTERS].map((character, i) => [i, weight(character, letter)]);
    knownWeights.set(key, [...letters].map((letter) => row(letter).filter(([, w]) => w > 0)));
  }
  return knownWeights.get(key);
}

/**
 * Convert probabilities of the 62 characters to scores of letters.
 *
 * @param {Float32Array} probabilities
 * @param {string} letters
 * @param {boolean} [capitals]
 * @returns {number[]} Their sum is about 1 where the ink fits the letters, and less where it fits
 *   others.
 */
export function fold(probabilities, letters, capitals = false) {
  return caseWeights(letters, capitals).map((row) => dot(probabilities, row) + 1e-6);
}

/** Return the weighted sum of probabilities, for one row of `caseWeights`. */
function dot(probabilities, row) {
  let total = 0;
  for (const [i, weight] of row) total += probabilities[i] * weight;
  return total;
}

// --- the groups of a word ------------------------------------------------------------------------

/** The recogniser's answers for the groups of the last two words, each asked for only once. */
export class RecognitionCache {
  #recognizer;
  #before = new Map();
  #known = new Map();

  /** @param {{probabilities: (images: Uint8Array[]) => Float32Array[]}} recognizer */
  constructor(recognizer) {
    this.#recognizer = recognizer;
  }

  /** Forget the answers that were not used since the last call. */
  forget() {
    [this.#before, this.#known] = [this.#known, new Map()];
  }

  /**
   * Read groups; all that are not yet known in one batch.
   *
   * @param {Segments} segments
   * @param {Span[]} spans
   * @returns {Float32Array[]} The probabilities of the 62 characters for each group.
   */
  read(segments, spans) {
    const keys = spans.map((span) => segments.key(span));
    const unknown = new Map();
    keys.forEach((key, i) => {
      const found = this.#known.get(key) ?? this.#before.get(key);
      if (found) this.#known.set(key, found);
      else unknown.set(key, spans[i]);
    });
    if (unknown.size > 0) {
      const images = Array.from(unknown.values(), (span) => segments.image(span));
      const found = this.#recognizer.probabilities(images);
      [...unknown.keys()].forEach((key, i) => this.#known.set(key, found[i]));
    }
    return keys.map((key) => this.#known.get(key));
  }
}

/**
 * Return the groups shaped like one character, and their shapes; single segments always are.
 *
 * @param {Segments} segments
 * @param {Fitted} fitted
 * @returns {{span: Span, shape: number[]}[]}
 */
export function candidateSpans(segments, fitted) {
  return segments
    .spans()
    .map((span) => ({ span, shape: segments.shapeFeatures(span) }))
    .filter(({ span: [start, end], shape }) =>
      end === start + 1 || logOdds(withProducts(shape), fitted.shape) > MIN_SHAPE_LOG_ODDS);
}

/** The groups of a word that may be characters, read. */
export class CharacterHypotheses {
  #rowOf;
  #scores;

  /**
   * @param {Segments} segments One word.
   * @param {string} letters Which letters a group may be.
   * @param {RecognitionCache} cache
   * @param {Fitted} fitted
   */
  constructor(segments, letters, cache, fitted) {
    [this.segments, this.letters] = [segments, letters];
    const size = ([left, top, right, bottom]) => max(right - left, bottom - top);
    /** @type {boolean[]} Which segments are so small that they may be no letter. */
    this.specks = segments.boxes.map((box) => size(box) < SPECK_SIZE * segments.height);
    const candidates = candidateSpans(segments, fitted);
    /** @type {Span[]} */
    this.spans = candidates.map(({ span }) => span);
    this.#rowOf = new Map(this.spans.map((span, row) => [span.join(), row]));
    /** Probabilities of the 62 characters for each group. */
    this.characters = cache.read(segments, this.spans);
    /** Log-odds that a group is one whole character. */
    this.whole = candidates.map(({ shape }, row) =>
      logOdds(characterFeatures(shape, this.characters[row]), fitted.whole));
    const scores = (capitals) => this.characters.map((row) => fold(row, letters, capitals));
    this.#scores = { false: scores(false), true: scores(true) };
  }

  /** Return the share of capitals among the groups that look like whole characters. */
  capitalShare() {
    const weights = this.whole.map((odds) => 1 / (1 + exp(-odds)));
    const share = (row) => sum(CAPITAL_INDICES.map((i) => row[i]));
    return sum(weights.map((w, i) => w * share(this.characters[i]))) / max(sum(weights), 1e-9);
  }

  /** Return the log-odds that a `Group` is a whole character. */
  logOddsWhole(group) {
    return this.whole[this.#row(group)];
  }

  /** Return the log-probability of each of a path's letters, upper and lower case merged. */
  letterLogProbabilities(path) {
    const merged = caseWeights(CASELESS, false, 1);
    return path.groups.map((group, i) => {
      const weights = merged[CASELESS.indexOf(path.text[i].toLowerCase())];
      return log(dot(this.characters[this.#row(group)], weights) + 1e-4);
    });
  }

  /** Return the most probable characters of a `Group` with their probabilities. */
  topCharacters(group, top = 3) {
    const row = this.characters[this.#row(group)];
    return [...CHARACTERS]
      .map((character, i) => [character, row[i]])
      .sort(([, one], [, other]) => other - one)
      .slice(0, top);
  }

  /**
   * Return the groups, scored for `beamSearch`.
   *
   * @param {Case} [letterCase] Which letters are expected to be capitals.
   * @param {number} [letterBonus] Added to every letter's score, so that the language model does
   *   not favour short words.
   * @returns {Group[]}
   */
  groups(letterCase = [false, false], letterBonus = 0) {
    return this.spans.map(([start, end], row) => {
      // Log-odds, because every group outside the chosen path counts as no character.
      const whole = WHOLE_WEIGHT * this.whole[row] + letterBonus;
      const scores = this.#logLikelihoods(this.#scores[letterCase[start ? 1 : 0]][row])
        .map((likelihood, letter) => [this.letters[letter], likelihood + whole])
        .sort(([, one], [, other]) => other - one);
      if (end === start + 1 && this.specks[start]) scores.unshift(["", SKIP_SCORE]);
      return { start, end, scores };
    });
  }

  /** Return log P(ink | letter) up to a constant; letter frequencies are the language's. */
  #logLikelihoods(scores) {
    const [total, count, rate] = [sum(scores), this.letters.length, ASSUMED_ERROR_RATE];
    return scores.map((score) => log((1 - rate) * (score / total) * count + rate));
  }

  /**
   * Return how much better the ink fits one case of a word than the search assumed.
   *
   * The search compares letters within one case. Cases are compared by how probable the letters are
   * as they would be written.
   */
  caseLogOdds(path, searched, written) {
    const odds = path.groups.map((group, place) => {
      const [row, index] = [this.#row(group), this.letters.indexOf(path.text[place])];
      const among = this.#scores[searched[place ? 1 : 0]][row];
      const own = this.#scores[written[place ? 1 : 0]][row][index];
      return log((own * sum(among)) / among[index]);
    });
    return sum(odds);
  }

  /**
   * Return the log-odds, from its height, that a word's first letter is a capital.
   *
   * The other letters without ascenders and descenders tell where the baseline is and how high
   * small letters are. The answer is 0 if there are none, or if the first letter's two cases differ
   * in shape.
   */
  heightLogOdds(path) {
    const boxes = path.groups.map(({ start, end }) => this.segments.box([start, end]));
    const stemless = boxes.filter((_, i) => i > 0 && STEMLESS.includes(path.text[i]));
    if (stemless.length === 0 || !SAME_SHAPE_CASES.includes(path.text[0])) return 0;
    const baseline = quantile(stemless.map(([, , , bottom]) => bottom), 0.5);
    const xHeight = quantile(stemless.map(([, top, , bottom]) => bottom - top), 0.5) || 1;
    const rise = clip((baseline - boxes[0][1]) / xHeight, -1e6, 1e6); // its square is finite
    const odds = (rise - 1) ** 2 - (rise - CAPITAL_HEIGHT) ** 2;
    const scaled = odds / (2 * CAPITAL_HEIGHT_DEVIATION ** 2);
    return clip(scaled, -MAX_HEIGHT_LOG_ODDS, MAX_HEIGHT_LOG_ODDS);
  }

  #row({ start, end }) {
    return this.#rowOf.get(`${start},${end}`);
  }
}
