/**
 * From strokes to a word: `read_word` of `hwr/words.py`, for a web page.
 *
 * Nobody can say where one letter ends and the next begins without knowing what they are. So all
 * groups of neighbouring strokes that may be one letter are read, and a search over all ways to
 * cut the word decides, with a model of the language, for the word as a whole.
 *
 * @typedef {import("./groups.js").Fitted} Fitted
 * @typedef {import("./ink.js").Stroke} Stroke
 * @typedef {import("./language.js").Language} Language
 * @typedef {import("./language.js").Listed} Listed
 * @typedef {import("./units.js").Box} Box
 *
 * @typedef {{text: string, probability: number, alternatives: [string, number][], boxes: Box[],
 *   letters: [string, number][][], sure: boolean}} Word
 * What was read: the text, empty where nothing is written that looks like letters; the probability
 * that it is right; other texts and their probabilities; the box around each letter; for each
 * letter the most probable characters, read without regard to the word; and whether the text is to
 * be trusted.
 */

import { CHARACTERS, Scored, Seen } from "hwr/groups.js";
import { Prose, Uniform } from "hwr/language.js";
import { posteriors } from "hwr/lattice.js";
import { confidence, probabilityRight, readings } from "hwr/readings.js";
import { Units } from "hwr/units.js";

/** A word is sure from this probability on. */
export const SURE = 0.8;
/** Mean log-odds of a word's letters below which the writing is no word at all. */
export const NO_WORD = -2;
/** A reading less probable than this is none. */
export const NO_IDEA = 0.003;
/** So many units are read at most. */
export const MOST = 4000;
/** What has more units is no word: reading it would take minutes. */
export const LONGEST = 150;
/** The language of codes and names, where any character may follow any other. */
export const NONE = "none";

/** Reads words, again and again while they are written: what has not changed is not read anew. */
export class WordReader {
  #seen;
  #words;
  #languages = new Map();

  /**
   * @param {{probabilities: (images: Uint8Array[]) => Float32Array[]}} recognizer
   * @param {Listed & {language: string, fitted: Fitted}} words A language's name and its words;
   *   and how to tell what is a character. `hwr.web.word_list.word_data` makes it.
   */
  constructor(recognizer, words) {
    this.#seen = new Seen(recognizer);
    this.#words = words;
  }

  /**
   * Read one word.
   *
   * @param {Stroke[]} strokes In any order.
   * @param {string} [language] That of the page's words, or `"none"`.
   * @returns {Word}
   * @throws {RangeError} If there are too many strokes to be handwriting, a point is no finite
   *   number, or the page has no words of the language.
   */
  read(strokes, language = this.#words.language) {
    const chosen = this.learn(language);
    const units = new Units(strokes);
    if (units.length > MOST) {
      throw new RangeError(
        `There are ${units.length.toLocaleString("en")} strokes, too many for handwriting ` +
          `(at most ${MOST.toLocaleString("en")}): write one word at a time.`,
      );
    }
    this.#seen.forget();
    return this.#word(units, chosen);
  }

  /**
   * Learn a language's words, which happens once: at its first reading, unless it was asked before.
   *
   * @param {string} name
   * @returns {Language}
   * @throws {RangeError} If the page has no words of it.
   */
  learn(name) {
    const known = this.#words.language;
    if (name !== NONE && name !== known) {
      throw new RangeError(
        `There are no words of a language '${name}' in this page: choose '${known}' or '${NONE}'.`,
      );
    }
    if (!this.#languages.has(name)) {
      const language = name === NONE ? new Uniform(CHARACTERS) : new Prose(this.#words);
      this.#languages.set(name, language);
    }
    return this.#languages.get(name);
  }

  #word(units, language) {
    if (units.length === 0 || units.length > LONGEST) return nothing();
    const { fitted } = this.#words;
    const scored = new Scored(units, language.letters, this.#seen, fitted);
    const found = readings(scored, language);
    if (found.length === 0 || found[0].path.groups.length === 0) return nothing();
    const { text, path: { groups } } = found[0];
    const terms = confidence(found, scored);
    const probability = probabilityRight(terms, fitted);
    if (terms[1] < NO_WORD || probability < NO_IDEA) return nothing();
    const shares = posteriors(found.map((reading) => reading.score));
    const rest = (1 - probability) / Math.max(1 - shares[0], 1e-9);
    return {
      text,
      probability,
      alternatives: found.slice(1, 4).map((other, i) => [other.text, shares[i + 1] * rest]),
      boxes: groups.map(({ start, end }) => units.box([start, end])),
      letters: groups.map((group) => scored.charactersOf(group)),
      sure: probability >= SURE,
    };
  }
}

/** Give what stands for ink in which no word is read. */
function nothing() {
  return { text: "", probability: 0, alternatives: [], boxes: [], letters: [], sure: false };
}
