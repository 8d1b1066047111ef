/**
 * A language model of what people write, words in their cases, numbers, codes, and marks:
 * `hwr/words/written_language.py`, for a web page.
 *
 * A `ProseModel` knows small letters and digits. Here its words get capitals, and marks before,
 * inside and behind them. Beside prose, anything is possible as a code, in which all characters are
 * equally probable: so clear ink is not overruled.
 *
 * @typedef {import("hwr/language_model.js").PrefixState} PrefixState
 *
 * @typedef {{text: string, word: PrefixState, case: string, before: number, code: number}}
 *   WrittenState
 * A prefix; its letters since the last mark, in small letters, and as written; the log-probability,
 * as prose, of all that `word` does not hold; and the log-probability of the prefix as a code.
 */

import { END } from "hwr/language_model.js";

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

const { abs, exp, log, log1p, max } = Math;

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
    const code = log(CODE_RATE / CODE_GOES_ON);
    return { text: "", word: this.#prose.begin(), case: "", before: log(1 - CODE_RATE), code };
  }

  /** Return the state after one more character, or after `END`. */
  extend(state, letter) {
    const text = state.text + letter;
    if (letter === END) {
      const code = state.code + log(1 - CODE_GOES_ON);
      return { text, ...this.#ended(state, state.case ? log(ENDS) : 0), code };
    }
    const code = state.code + this.#code;
    if (WRITTEN_MARKS.includes(letter)) {
      return { text, ...this.#ended(state, markLogProbability(state.case, letter)), code };
    }
    const word = this.#prose.extend(state.word, letter.toLowerCase());
    const before = state.before + caseLogProbability(state.case, letter);
    return { text, word, case: state.case + letter, before, code };
  }

  /** Return the log-probability of a prefix. */
  score({ word, case: written, before, code }) {
    const prose = before + (written ? this.#prose.score(word) : 0);
    return max(prose, code) + log1p(exp(-abs(prose - code)));
  }

  /** Return what is known after a word has ended; nothing ends where none is. */
  #ended({ word, case: written, before }, added) {
    const ended = written ? this.#prose.score(this.#prose.extend(word, END)) : 0;
    const next = /^\d+$/.test(written) ? AFTER_NUMBER : this.#prose.begin();
    return { word: next, case: "", before: before + added + ended };
  }
}

/** Return the log-probability of a mark after a word, or where one may begin. */
function markLogProbability(written, mark) {
  return log(written ? (1 - ENDS) * MARK_RATES[mark] : (OPENING_RATES[mark] ?? OTHER_OPENING));
}

/** Return the log-probability of a letter's case after the letters before it. */
function caseLogProbability(written, letter) {
  if (isDigit(letter)) return 0;
  const capital = isCapital(letter);
  const letters = [...written].filter((each) => !isDigit(each));
  if (letters.length === 0) return log(capital ? TITLE + UPPER : LOWER);
  if (letters.length === 1 && isCapital(letters[0])) {
    return log((capital ? UPPER : TITLE) / (TITLE + UPPER));
  }
  return capital === isCapital(letters.at(-1)) ? log1p(-OTHER_CASE) : log(OTHER_CASE);
}

function isDigit(character) {
  return character >= "0" && character <= "9";
}

function isCapital(letter) {
  return letter >= "A" && letter <= "Z";
}

/** Return the network's class of each character of a text. */
export function classesOf(text) {
  return [...text].map((character) => 1 + WRITTEN.indexOf(character));
}
