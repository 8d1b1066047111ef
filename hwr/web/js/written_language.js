/**
 * A language model of what people write, words in their cases, numbers, codes, and marks:
 * `hwr/words/written_language.py`, for a web page.
 *
 * A `ProseModel` knows small letters and digits. Here its words get capitals, and marks before,
 * inside and behind them. A mark ends a word; only an apostrophe may also stand inside one, as in
 * "don't", so that the same text may be prose in several ways. Beside prose, anything is possible
 * as a code, in which all characters are equally probable: so clear ink is not overruled.
 *
 * @typedef {import("hwr/language_model.js").PrefixState} PrefixState
 *
 * @typedef {{word: PrefixState, case: string, before: number}} Parse
 * One of the ways in which a prefix is prose: the letters of its last word, in small letters, and
 * as written; and the log-probability of all that `word` does not hold.
 *
 * @typedef {{text: string, parses: Parse[], code: number}} WrittenState
 * A prefix; its parses; and the log-probability of the prefix as a code.
 */

import { APOSTROPHE, END } from "hwr/language_model.js";
import { added } from "hwr/prefix_beam.js";

/** Digits and letters. */
export const CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** Marks that people write in prose, dates and sums. */
export const WRITTEN_MARKS = ".,'-?!:;\"()/&+";
/** All characters that a text may hold. */
export const WRITTEN = CHARACTERS + WRITTEN_MARKS;
/** Classes of a network of words: the blank, and every character. */
export const CLASSES = 1 + WRITTEN.length;
/** Assumed share of texts in which any character may follow any other. */
export const CODE_RATE = 0.02;
/** Probability that a code has another character. */
export const CODE_GOES_ON = 0.85;
/** Among how many characters each of a code is chosen: it keeps to digits, or to one case. */
export const CODE_CHOICES = 16;
/** Shares of words in small letters, with an initial capital, and in capitals. */
export const LOWER = 0.74;
export const TITLE = 0.22;
export const UPPER = 0.04;
/** Probability of a letter whose case does not go on as its word's did. */
export const OTHER_CASE = 0.005;
/** Probability that a text ends where a word does; otherwise a mark follows. */
export const ENDS = 0.8;
/** Shares of the marks that follow a word or number. */
export const MARK_RATES = {
  ",": 0.3, ".": 0.3, "'": 0.1, "-": 0.08, "?": 0.04, "!": 0.04, ":": 0.03, ";": 0.02,
  '"': 0.03, ")": 0.02, "(": 0.01, "/": 0.02, "&": 0.005, "+": 0.005,
};
/** Probabilities of marks where a word begins … */
export const OPENING_RATES = {
  '"': 0.02, "(": 0.015, "'": 0.01, "&": 0.004, "-": 0.004, "+": 0.003,
};
/** … and of others. */
export const OTHER_OPENING = 0.001;
/** What is left of French words before a vowel, and stands apart in lists: l'eau, qu'il. */
export const ELIDED = ["c", "d", "j", "l", "m", "n", "s", "t", "qu"];
/** Probability of each where a word may begin, with its apostrophe. */
export const ELISION = 0.01;

const { log, log1p } = Math;

/** What begins behind a mark after a number: a listed word, an unlisted one, or another number. */
const AFTER_NUMBER = { text: "", listed: log(0.35), spelled: log(0.05), number: log(0.6) };

/** A model of words in their cases, numbers and codes, with marks. */
export class WrittenModel {
  letters = WRITTEN;
  ignoresCase = false;
  #prose;
  #code = log(CODE_GOES_ON / CODE_CHOICES);

  /** @param {import("hwr/language_model.js").ProseModel} prose Of the words' language. */
  constructor(prose) {
    this.#prose = prose;
  }

  /**
   * Return the state before the first character.
   *
   * @returns {WrittenState}
   */
  begin() {
    const parse = { word: this.#prose.begin(), case: "", before: log(1 - CODE_RATE) };
    return { text: "", parses: [parse], code: log(CODE_RATE / CODE_GOES_ON) };
  }

  /** Return the state after one more character, or after `END`. */
  extend(state, letter) {
    const text = state.text + letter;
    const code = state.code + (letter === END ? log(1 - CODE_GOES_ON) : this.#code);
    if (letter !== END && !WRITTEN_MARKS.includes(letter)) {
      return { text, parses: state.parses.map((parse) => this.#longer(parse, letter)), code };
    }
    const parses = state.parses.map((parse) => this.#ended(parse, letter));
    if (letter === APOSTROPHE) {
      const inside = state.parses.filter((parse) => parse.case);
      parses.push(...inside.map((parse) => this.#longer(parse, letter)));
    }
    return { text, parses: merged(parses), code };
  }

  /** Return the log-probability of a prefix. */
  score({ parses, code }) {
    return parses.map((parse) => this.#score(parse)).reduce(added, code);
  }

  #score({ word, case: written, before }) {
    return before + (written ? this.#prose.score(word) : 0);
  }

  /** Return a parse whose word has one more letter, or an apostrophe inside. */
  #longer({ word, case: written, before }, letter) {
    return {
      word: this.#prose.extend(word, letter.toLowerCase()),
      case: written + letter,
      before: before + caseLogProbability(written, letter),
    };
  }

  /** Return a parse whose word a mark, or `END`, has ended; no word ends where none is. */
  #ended({ word, case: written, before }, mark) {
    if (mark === APOSTROPHE && ELIDED.includes(written.toLowerCase())) {
      return { word: this.#prose.begin(), case: "", before: before + log(ELISION) };
    }
    const ended = written ? this.#prose.score(this.#prose.extend(word, END)) : 0;
    return {
      word: /^\d+$/.test(written) ? AFTER_NUMBER : this.#prose.begin(),
      case: "",
      before: before + markLogProbability(written, mark) + ended,
    };
  }
}

/** Return parses that differ in more than their probability; of others, that of both. */
function merged(parses) {
  const found = new Map();
  for (const parse of parses) {
    const key = JSON.stringify([parse.word, parse.case]);
    const other = found.get(key)?.before ?? -Infinity;
    found.set(key, { ...parse, before: added(parse.before, other) });
  }
  return [...found.values()];
}

/** Return the log-probability of a mark, or of `END`, after a word or where one may begin. */
function markLogProbability(written, mark) {
  if (mark === END) return written ? log(ENDS) : 0;
  return log(written ? (1 - ENDS) * MARK_RATES[mark] : (OPENING_RATES[mark] ?? OTHER_OPENING));
}

/** Return the log-probability of a letter's case after the letters before it. */
function caseLogProbability(written, letter) {
  if (!isLetter(letter)) return 0;
  const capital = isCapital(letter);
  const letters = [...written].filter(isLetter);
  if (letters.length === 0) return log(capital ? TITLE + UPPER : LOWER);
  if (letters.length === 1 && isCapital(letters[0])) {
    return log((capital ? UPPER : TITLE) / (TITLE + UPPER));
  }
  return capital === isCapital(letters.at(-1)) ? log1p(-OTHER_CASE) : log(OTHER_CASE);
}

function isLetter(character) {
  return /[A-Za-z]/.test(character);
}

function isCapital(letter) {
  return letter >= "A" && letter <= "Z";
}

/** Return the network's class of each character of a text. */
export function classesOf(text) {
  return [...text].map((character) => 1 + WRITTEN.indexOf(character));
}
