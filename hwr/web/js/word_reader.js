/**
 * A reader of words that never cuts, a network's answer in every column of the ink and a search
 * over texts: `hwr/words/word_reader.py`, for a web page.
 *
 * Joined writing is read as well as letters apart. Where each letter lies is found afterwards.
 *
 * @typedef {import("hwr/ink.js").Stroke} Stroke
 * @typedef {import("hwr/language_model.js").LanguageModel} LanguageModel
 * @typedef {import("hwr/language_model.js").WordList} WordList
 * @typedef {import("hwr/letter_boxes.js").Box} Box
 * @typedef {import("hwr/recognizer.js").Recognizer} Recognizer
 *
 * @typedef {WordList & {language: string, characters: string, network: object,
 *   card: {weight: number, bonus: number, temperature: number, threshold: number}}} Words
 * What `hwr.web.build.words_data` returns.
 *
 * @typedef {{text: string, probability: number, alternatives: [string, number][], boxes: Box[],
 *   sure: boolean}} Word
 * The text, empty if nothing is written, or what is written is no writing; the probability that it
 * is right; other texts and their probabilities; the box around each letter; and whether the text
 * can be trusted.
 */

import { BLANK, align } from "hwr/ctc.js";
import { PEN, check } from "hwr/ink.js";
import { ProseModel, UniformModel } from "hwr/language_model.js";
import { letterBoxes } from "hwr/letter_boxes.js";
import { drawInk, frameOfInk } from "hwr/line_image.js";
import { LineNetwork } from "hwr/litert.js";
import { prefixBeam } from "hwr/prefix_beam.js";
import { softmax } from "hwr/recognizer.js";
import { rankedAnew } from "hwr/single_letters.js";
import { CHARACTERS, WrittenModel, classesOf } from "hwr/written_language.js";

/** Probability of no text at all, by the ink alone, from which on nothing is read. */
export const NOTHING = 0.5;
/** How many other texts are told. */
export const ALTERNATIVES = 3;
/** A probability whose logarithm still counts. */
export const LEAST = 1e-9;
/** Most strokes on one sheet. */
export const MAX_STROKES = 4000;
/** The language of codes and names, where any character may follow any other. */
export const NO_LANGUAGE = "none";

/** A trained network of words at work. */
export class WordReader {
  #network;
  #recognizer;
  #words;
  #models = new Map();

  /**
   * Start the network, and learn the words.
   *
   * @param {Words} words
   * @param {Recognizer} [recognizer] Of single characters, which also reads those of codes. One
   *   that does not know all 62 is not asked.
   * @returns {Promise<WordReader>}
   */
  static async load(words, recognizer) {
    const network = await LineNetwork.load(words.network);
    const reader = new WordReader(words, network, recognizer);
    await new Promise((done) => setTimeout(done)); // the page draws and listens in between
    reader.learn(words.language);
    return reader;
  }

  /** Use `load`. */
  constructor(words, network, recognizer) {
    this.#words = words;
    this.#network = network;
    const known = recognizer?.outputs.members ?? [];
    if ([...CHARACTERS].every((character) => known.includes(character))) {
      this.#recognizer = recognizer;
    }
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
    const drawn = written(strokes);
    if (drawn.length === 0) return nothing();
    const frame = frameOfInk(drawn);
    const image = drawInk(drawn, frame);
    const rows = this.logProbabilities(image);
    const { card, characters } = this.#words;
    const without = noText(rows);
    if (without > NOTHING) return nothing();
    let found = prefixBeam(rows, characters, { language: model, ...card })
      .filter(({ text }) => text);
    if (found.length === 0) return nothing();
    if (language === NO_LANGUAGE && this.#recognizer) {
      found = rankedAnew(found, rows, drawn, frame, model.letters, this.#recognizer);
    }
    const shares = posteriors(found, card.temperature).map((share) => (1 - without) * share);
    const [{ text }, ...others] = found;
    return {
      text,
      probability: shares[0],
      alternatives: others.slice(0, ALTERNATIVES).map((other, i) => [other.text, shares[i + 1]]),
      boxes: letterBoxes(drawn, image, frame, align(rows, classesOf(text))),
      sure: shares[0] >= card.threshold,
    };
  }

  /**
   * Return the classes' log-probabilities in every frame.
   *
   * @param {import("hwr/line_image.js").LineImage} image
   * @returns {Float64Array[]}
   */
  logProbabilities(image) {
    return this.#network
      .logits(image)
      .map((logits) => Float64Array.from(softmax(logits), (share) => Math.log(share + LEAST)));
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
      const prose = () => new WrittenModel(new ProseModel(this.#words));
      this.#models.set(name, name === known ? prose() : new UniformModel(CHARACTERS));
    }
    return this.#models.get(name);
  }
}

/** Return the strokes that have points; throw a RangeError if they cannot be handwriting. */
function written(strokes) {
  check(strokes, PEN);
  if (strokes.length > MAX_STROKES) {
    throw new RangeError(
      `There are ${strokes.length.toLocaleString("en")} strokes, too many for handwriting ` +
        `(at most ${MAX_STROKES.toLocaleString("en")}): write one word at a time.`,
    );
  }
  return strokes.filter((stroke) => stroke.length > 0);
}

/** Return the probability that nothing is written: of blanks in all frames. */
export function noText(logProbabilities) {
  return Math.exp(Math.min(logProbabilities.reduce((sum, row) => sum + row[BLANK], 0), 0));
}

/** Return the probabilities of texts, best first, given that one of them is right. */
export function posteriors(found, temperature) {
  const powers = found.map(({ score }) => Math.exp((score - found[0].score) / temperature));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/** Return the result for ink that is no writing. */
function nothing() {
  return { text: "", probability: 0, alternatives: [], boxes: [], sure: false };
}
