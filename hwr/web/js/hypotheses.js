/**
 * What the recogniser makes of groups of units: which character, and whether one at all:
 * `hwr/groups.py`, for a web page.
 *
 * Whether a group is one whole character is told from its shape, from the gaps around it and from
 * how sure the recogniser is, by logistic regressions whose coefficients come with the page.
 *
 * @typedef {import("./lattice.js").Group} Group
 * @typedef {import("./lattice.js").Path} Path
 * @typedef {import("./units.js").Span} Span
 * @typedef {import("./units.js").Units} Units
 *
 * @typedef {[boolean, boolean]} Case
 * Whether a word's first letter, and whether its others, are capitals.
 *
 * @typedef {Object<string, {coefficients: number[], intercept: number}>} Fitted
 * Logistic regressions, by their names.
 */

import { clip, quantile } from "hwr/units.js";

/** So often the recogniser is taken to be wrong altogether: no letter is ever impossible. */
export const ERROR = 0.02;
/** So often a letter comes in the other case than expected. */
export const OTHER_CASE = 0.03;
/** A drawn digit counts so much beside capitals: NIST's forms had a narrower 0 than a pad has. */
export const DRAWN = 1.65;
/** Letters without stems. */
export const LOW = "acemnorsuvwxz";
/** Letters whose capitals have the same shape. */
export const ALIKE = "cfkmopsuvwxyz";
/** How high a capital is in heights of small letters. */
export const CAPITAL = 1.6;
/** How much that varies. */
export const VARIES = 0.3;
/** The log-odds that heights count at most. */
export const TALL = 2;
/**
 * How much log-odds count in a word's score: groups that share units say much the same, so that
 * all together they are too sure.
 */
export const TRUST = 0.7;
/** A unit smaller than so many heights of the word may be no letter: a comma, or a speck. */
export const SMALL = 0.25;
/** The score of ink that is left out, beside the log-odds of letters. */
export const COMMA = -2;
/** Log-odds below which a group's shape alone says that it is not one character. */
export const HOPELESS = -8;
/** All that the recogniser tells apart, in the order of its probabilities. */
export const CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** The places of the capitals among them. */
export const CAPITALS = [...CHARACTERS].flatMap((c, place) => (/[A-Z]/.test(c) ? [place] : []));
/** All characters, cases taken together. */
export const MERGED = "0123456789abcdefghijklmnopqrstuvwxyz";

const { exp, log, max } = Math;

/**
 * Apply a logistic regression to its terms.
 *
 * @param {number[]} terms
 * @param {{coefficients: number[], intercept: number}} regression
 * @returns {number} Log-odds.
 */
export function logOdds(terms, { coefficients, intercept }) {
  return terms.reduce((odds, term, i) => odds + term * coefficients[i], 0) + intercept;
}

/**
 * Give all measures and their products in pairs.
 *
 * @param {number[]} measures
 * @returns {number[]}
 */
export function squared(measures) {
  const products = measures.flatMap((one, i) => measures.slice(i).map((other) => one * other));
  return [...measures, ...products];
}

/**
 * Give what tells a whole character from a part of one, or from several.
 *
 * @param {number[]} shape As `shape` of `hwr/units.js` gives it.
 * @param {Float32Array} characters Probabilities of the 62 characters.
 * @returns {number[]}
 */
export function evidence(shape, characters) {
  const merged = folding(MERGED, false, 1).map((shares) => weighted(characters, shares));
  const doubt = -sum(merged.map((share) => share * log(share + 1e-9)));
  return squared([...shape, log(max(...merged) + 1e-6) / 5, doubt]);
}

/** What `folding` gave, by what was asked. */
const folded = new Map();

/**
 * Give how much each of the 62 characters counts as which letter.
 *
 * @param {string} letters
 * @param {boolean} [capitals] Whether small letters stand for their capitals, as in a word all of
 *   capitals.
 * @param {number} [other] How much the other case counts, where the letters do not tell cases
 *   apart.
 * @returns {[number, number][][]} For each letter the places of the characters that count at all,
 *   and how much they do.
 */
export function folding(letters, capitals = false, other = OTHER_CASE) {
  const asked = [letters, capitals, other].join();
  if (!folded.has(asked)) {
    const drawn = letters === letters.toLowerCase() && /[a-z]/.test(letters) ? 1 : DRAWN;
    const share = (character, letter) => {
      if (character === (capitals ? letter.toUpperCase() : letter)) {
        return /\d/.test(letter) ? drawn : 1;
      }
      const same = character.toLowerCase() === letter.toLowerCase();
      return same && (capitals || !letters.includes(character)) ? other : 0;
    };
    const shares = (letter) => [...CHARACTERS].map((character, i) => [i, share(character, letter)]);
    folded.set(asked, [...letters].map((letter) => shares(letter).filter(([, much]) => much > 0)));
  }
  return folded.get(asked);
}

/**
 * Turn probabilities of the 62 characters into shares of letters.
 *
 * @param {Float32Array} characters
 * @param {string} letters
 * @param {boolean} [capitals]
 * @returns {number[]} They sum to about 1 where the ink fits the letters, to less where it fits
 *   others.
 */
export function fold(characters, letters, capitals = false) {
  return folding(letters, capitals).map((shares) => weighted(characters, shares) + 1e-6);
}

/** Sum up the probabilities of some characters, each as much as it counts. */
function weighted(characters, shares) {
  let total = 0;
  for (const [place, share] of shares) total += characters[place] * share;
  return total;
}

/**
 * What the recogniser says of groups of units: it is asked about none again that was in the word
 * when it was read last, and about all others at once.
 */
export class Seen {
  #recognizer;
  #before = new Map();
  #known = new Map();

  /** @param {{probabilities: (images: Uint8Array[]) => Float32Array[]}} recognizer */
  constructor(recognizer) {
    this.#recognizer = recognizer;
  }

  /** Keep only what was looked at since the last time. */
  forget() {
    [this.#before, this.#known] = [this.#known, new Map()];
  }

  /**
   * Read groups.
   *
   * @param {Units} units
   * @param {Span[]} spans
   * @returns {Float32Array[]} The probabilities of the 62 characters for each.
   */
  look(units, spans) {
    const names = spans.map((span) => units.name(span));
    const asked = new Map();
    names.forEach((name, i) => {
      const found = this.#known.get(name) ?? this.#before.get(name);
      if (found) this.#known.set(name, found);
      else asked.set(name, spans[i]);
    });
    if (asked.size > 0) {
      const images = Array.from(asked.values(), (span) => units.image(span));
      const found = this.#recognizer.probabilities(images);
      [...asked.keys()].forEach((name, i) => this.#known.set(name, found[i]));
    }
    return names.map((name) => this.#known.get(name));
  }
}

/**
 * Give the groups whose shape may be that of one character; single units always may be one.
 *
 * @param {Units} units
 * @param {Fitted} fitted
 * @returns {{span: Span, shape: number[]}[]}
 */
export function candidates(units, fitted) {
  return units
    .groups()
    .map((span) => ({ span, shape: units.shape(span) }))
    .filter(({ span: [start, end], shape }) =>
      end === start + 1 || logOdds(squared(shape), fitted.shape) > HOPELESS);
}

/** The groups of a word with all that is known of them. */
export class Scored {
  #place;
  #shares;

  /**
   * @param {Units} units
   * @param {string} letters Which may occur.
   * @param {Seen} seen
   * @param {Fitted} fitted
   */
  constructor(units, letters, seen, fitted) {
    [this.units, this.letters] = [units, letters];
    const size = ([left, top, right, bottom]) => max(right - left, bottom - top);
    this.small = units.boxes.map((box) => size(box) < SMALL * units.height);
    const possible = candidates(units, fitted);
    /** @type {Span[]} */
    this.spans = possible.map(({ span }) => span);
    this.#place = new Map(this.spans.map((span, place) => [span.join(), place]));
    /** Probabilities of the 62 characters for each group. */
    this.characters = seen.look(units, this.spans);
    /** Log-odds that a group is one whole character. */
    this.whole = possible.map(({ shape }, i) =>
      logOdds(evidence(shape, this.characters[i]), fitted.whole));
    const shares = (capitals) => this.characters.map((row) => fold(row, letters, capitals));
    this.#shares = { false: shares(false), true: shares(true) };
  }

  /** Give the share of capitals among the groups that look like whole characters. */
  capitals() {
    const weights = this.whole.map((odds) => 1 / (1 + exp(-odds)));
    const share = (row) => sum(CAPITALS.map((place) => row[place]));
    return sum(weights.map((w, i) => w * share(this.characters[i]))) / max(sum(weights), 1e-9);
  }

  /**
   * Give the log-odds that one group is a whole character.
   *
   * @param {Group} group
   */
  wholeOf(group) {
    return this.whole[this.#placeOf(group)];
  }

  /**
   * Give the logarithm of the probability of each of a word's letters, in either case.
   *
   * @param {Path} path
   * @returns {number[]}
   */
  seenAs(path) {
    const either = folding(MERGED, false, 1);
    return path.groups.map((group, i) => {
      const shares = either[MERGED.indexOf(path.text[i].toLowerCase())];
      return log(weighted(this.characters[this.#placeOf(group)], shares) + 1e-4);
    });
  }

  /**
   * Give the most probable characters of one group, whatever stands beside it.
   *
   * @param {Group} group
   * @param {number} [top]
   * @returns {[string, number][]}
   */
  charactersOf(group, top = 3) {
    const row = this.characters[this.#placeOf(group)];
    return [...CHARACTERS]
      .map((character, i) => [character, row[i]])
      .sort(([, one], [, other]) => other - one)
      .slice(0, top);
  }

  /**
   * Give the groups for the search.
   *
   * @param {Case} [capitals] Which are expected to be capitals.
   * @param {number} [bonus] Added for every letter, so that a language does not prefer short words.
   * @returns {Group[]}
   */
  groups(capitals = [false, false], bonus = 0) {
    return this.spans.map(([start, end], i) => {
      // Log-odds, because in a reading all groups outside of it are no characters.
      const own = TRUST * this.whole[i] + bonus;
      const scores = this.#likelihood(this.#shares[capitals[start ? 1 : 0]][i])
        .map((likelihood, letter) => [this.letters[letter], likelihood + own])
        .sort(([, one], [, other]) => other - one);
      if (end === start + 1 && this.small[start]) scores.unshift(["", COMMA]);
      return { start, end, scores };
    });
  }

  /** Give, by Bayes' rule, the ink's: how frequent letters are is for the language to say. */
  #likelihood(shares) {
    const [all, count] = [sum(shares), this.letters.length];
    return shares.map((share) => log((1 - ERROR) * (share / all) * count + ERROR));
  }

  /**
   * Give how much better a word's ink fits a case than the search took for granted.
   *
   * The search compares letters of one case with each other; between cases decides how probable
   * the letters are as they would be written.
   *
   * @param {Path} path
   * @param {Case} searched
   * @param {Case} written
   * @returns {number}
   */
  fits(path, searched, written) {
    const better = path.groups.map((group, number) => {
      const [place, index] = [this.#placeOf(group), this.letters.indexOf(path.text[number])];
      const among = this.#shares[searched[number ? 1 : 0]][place];
      const own = this.#shares[written[number ? 1 : 0]][place][index];
      return log((own * sum(among)) / among[index]);
    });
    return sum(better);
  }

  /**
   * Tell by its height whether a word's first letter is a capital.
   *
   * Small letters without stems tell where the line is and how high small letters are; a capital
   * rises more than half as high again.
   *
   * @param {Path} path
   * @returns {number} Log-odds.
   */
  rises(path) {
    const boxes = path.groups.map(({ start, end }) => this.units.box([start, end]));
    const low = boxes.filter((box, i) => i > 0 && LOW.includes(path.text[i]));
    if (low.length === 0 || !ALIKE.includes(path.text[0])) return 0;
    const line = quantile(low.map(([, , , bottom]) => bottom), 0.5);
    const height = quantile(low.map(([, top, , bottom]) => bottom - top), 0.5) || 1;
    const rise = (line - boxes[0][1]) / height;
    return clip(((rise - 1) ** 2 - (rise - CAPITAL) ** 2) / (2 * VARIES ** 2), -TALL, TALL);
  }

  #placeOf({ start, end }) {
    return this.#place.get(`${start},${end}`);
  }
}

/** Add numbers up. */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
