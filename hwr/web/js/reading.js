/**
 * From strokes to a word: `read_word` of `hwr/words/reading.py`, for a web page.
 *
 * Where one letter ends and the next begins cannot be known before the letters are. So all groups
 * of neighbouring strokes that may be one letter are read; a search over all ways to cut the word
 * then chooses, with a language model, the word as a whole.
 *
 * @typedef {import("hwr/hypotheses.js").Fitted} Fitted
 * @typedef {import("hwr/ink.js").Stroke} Stroke
 * @typedef {import("hwr/language_model.js").LanguageModel} LanguageModel
 * @typedef {import("hwr/language_model.js").WordList} WordList
 * @typedef {import("hwr/segments.js").Box} Box
 *
 * @typedef {{text: string, probability: number, alternatives: [string, number][], boxes: Box[],
 *   letters: [string, number][][], sure: boolean}} Word
 * The text, empty if nothing looks like letters; the probability that it is right; other texts and
 * their probabilities; the box around each letter; for each letter the most probable characters,
 * read regardless of the word; and whether the text can be trusted.
 */

import { confidenceFeatures, decode, probabilityCorrect, shareOut } from "hwr/decoding.js";
import { CharacterHypotheses, RecognitionCache } from "hwr/hypotheses.js";
import { ProseModel, UniformModel } from "hwr/language_model.js";
import { Segments } from "hwr/segments.js";

/** Least probability of a word that counts as sure. */
export const SURE_PROBABILITY = 0.8;
/** Mean log-odds that groups are whole characters, below which the ink is no word. */
export const MIN_MEAN_LOG_ODDS = -2;
/** Probability below which a reading is discarded. */
export const MIN_PROBABILITY = 0.003;
/** Most segments on one sheet. */
export const MAX_SEGMENTS = 4000;
/** Most segments in a word; more would take minutes to read. */
export const MAX_WORD_SEGMENTS = 150;
/** The language of codes and names, where any character may follow any other. */
export const NO_LANGUAGE = "none";

/** Reads a word again and again while it is written: only what has changed is read anew. */
export class WordReader {
  #cache;
  #words;
  #models = new Map();

  /**
   * @param {{probabilities: (images: Uint8Array[]) => Float32Array[]}} recognizer
   * @param {WordList & {language: string, fitted: Fitted, characters: string}} words From
   *   `hwr.web.page_data`; `characters` are those that the recogniser knows.
   */
  constructor(recognizer, words) {
    this.#cache = new RecognitionCache(recognizer);
    this.#words = words;
  }

  /**
   * Read one word.
   *
   * @param {Stroke[]} strokes In any order.
   * @param {string} [language] That of the page's words, or `"none"`.
   * @returns {Word}
   * @throws {RangeError} If there are too many strokes to be handwriting, a point is not finite, or
   *   the page has no words of the language.
   */
  read(strokes, language = this.#words.language) {
    const model = this.learn(language);
    const segments = new Segments(strokes);
    if (segments.length > MAX_SEGMENTS) {
      throw new RangeError(
        `There are ${segments.length.toLocaleString("en")} strokes, too many for handwriting ` +
          `(at most ${MAX_SEGMENTS.toLocaleString("en")}): write one word at a time.`,
      );
    }
    this.#cache.forget();
    return this.#word(segments, model);
  }

  /**
   * Return the model of a language, which is learned at the first call.
   *
   * @param {string} name
   * @returns {LanguageModel}
   * @throws {RangeError} If the page has no words of it.
   */
  learn(name) {
    const known = this.#words.language;
    if (name !== NO_LANGUAGE && name !== known) {
      throw new RangeError(
        `There are no words of a language '${name}' in this page: choose '${known}' or ` +
          `'${NO_LANGUAGE}'.`,
      );
    }
    if (!this.#models.has(name)) {
      const model =
        name === known ? new ProseModel(this.#words) : new UniformModel(this.#words.characters);
      this.#models.set(name, model);
    }
    return this.#models.get(name);
  }

  /** Return the best reading of a word; without text if no reading is plausible. */
  #word(segments, language) {
    if (segments.length === 0 || segments.length > MAX_WORD_SEGMENTS) return nothing();
    const { fitted } = this.#words;
    const hypotheses = new CharacterHypotheses(segments, language.letters, this.#cache, fitted);
    const readings = decode(hypotheses, language);
    if (readings.length === 0 || readings[0].path.groups.length === 0) return nothing();
    const { text, path: { groups } } = readings[0];
    const features = confidenceFeatures(readings, hypotheses);
    const probability = probabilityCorrect(features, fitted);
    if (features[1] < MIN_MEAN_LOG_ODDS || probability < MIN_PROBABILITY) return nothing();
    const shares = shareOut(probability, readings.map((reading) => reading.score));
    return {
      text,
      probability,
      alternatives: readings.slice(1, 4).map((other, i) => [other.text, shares[i + 1]]),
      boxes: groups.map(({ start, end }) => segments.box([start, end])),
      letters: groups.map((group) => hypotheses.topCharacters(group)),
      sure: probability >= SURE_PROBABILITY,
    };
  }
}

/** Return the result for ink without a plausible reading. */
function nothing() {
  return { text: "", probability: 0, alternatives: [], boxes: [], letters: [], sure: false };
}
