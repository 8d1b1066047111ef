/**
 * A trained network at work, from a drawing to the characters it may be: `hwr/recognizer.py`, for
 * a web page. What is done to the logits is Python's, step by step.
 *
 * @typedef {import("hwr/ink.js").Stroke} Stroke
 *
 * @typedef {{name: string, classes: string[], members: string[]}} Alphabet
 * The classes of a task; `members` are the characters that each class holds, such as "Cc".
 *
 * @typedef {{candidates: [string, number][], probabilities: Float32Array, alphabet: Alphabet,
 *   sure: boolean, image: Uint8Array}} Reading
 * The best classes first, none for an empty drawing; the probabilities of all classes, which sum
 * to 1, or to 0 for an empty drawing; whether the best reaches the recogniser's threshold; and
 * the 28x28 greys that the network saw.
 */

import { convert } from "hwr/ink.js";
import { Network } from "hwr/network.js";

/** Reads single characters. */
export class Recognizer {
  /**
   * Start TensorFlow.js and make the recogniser that the page's data describe.
   *
   * @param {{card: object, alphabets: Alphabet[], network: object}} data As `hwr.web.build` writes.
   * @returns {Promise<Recognizer>}
   */
  static async load(data) {
    return new Recognizer(data, await Network.load(data.network));
  }

  /** Use `load`. */
  constructor({ card, alphabets }, network) {
    /** @type {Alphabet[]} Those with names; the first is of the 62 characters. */
    this.alphabets = alphabets;
    /** @type {number} The probability from which on an answer counts as sure. */
    this.threshold = card.threshold;
    this.temperature = card.temperature;
    // All characters are expected equally often, whatever the network was trained on (Bayes).
    this.logPrior = card.class_frequencies.map((frequency) => -Math.log(frequency));
    this.network = network;
  }

  /**
   * Give the probabilities of the 62 characters, all of them expected equally often.
   *
   * @param {Uint8Array[]} images Each 28x28 greys, row by row; ink is 255.
   * @returns {Float32Array[]} One for each image; each sums to 1.
   */
  probabilities(images) {
    return this.network
      .logits(images)
      .map((logits) => softmax(logits.map((z, i) => z / this.temperature + this.logPrior[i])));
  }

  /**
   * Read one character.
   *
   * @param {Stroke[]|Uint8Array} drawing Strokes, or 28x28 greys, which are taken as they are.
   * @param {string} [alphabet] Which characters are possible: one of `alphabets`, by its name.
   * @param {number} [top] How many candidates to give.
   * @returns {Reading}
   * @throws {RangeError} If there is no such alphabet.
   */
  read(drawing, alphabet = "62", top = 3) {
    const chosen = this.find(alphabet);
    const image = drawing instanceof Uint8Array ? drawing : convert(drawing);
    if (image.every((grey) => grey === 0)) {
      const none = new Float32Array(chosen.classes.length);
      return { candidates: [], probabilities: none, alphabet: chosen, sure: false, image };
    }
    const [all] = this.probabilities([image]);
    const probabilities = fold(all, this.alphabets[0], chosen);
    const candidates = chosen.classes
      .map((name, i) => [name, probabilities[i]])
      .sort(([, a], [, b]) => b - a) // of equals, the first stays first
      .slice(0, top);
    const sure = candidates.length > 0 && candidates[0][1] >= this.threshold;
    return { candidates, probabilities, alphabet: chosen, sure, image };
  }

  /** Give an alphabet by its name. */
  find(name) {
    const found = this.alphabets.find((alphabet) => alphabet.name === name);
    if (found) return found;
    const names = this.alphabets.map((alphabet) => alphabet.name).join(", ");
    throw new RangeError(`There is no alphabet '${name}': give one of ${names}.`);
  }
}

/**
 * Turn probabilities of characters into those of an alphabet's classes: sums over their members,
 * scaled to sum to 1.
 *
 * @param {Float32Array} probabilities
 * @param {Alphabet} characters Whose they are.
 * @param {Alphabet} alphabet
 * @returns {Float32Array}
 */
export function fold(probabilities, characters, alphabet) {
  const sums = alphabet.members.map((members) =>
    [...members].reduce((sum, one) => sum + probabilities[characters.classes.indexOf(one)], 0),
  );
  const total = sums.reduce((sum, part) => sum + part, 0);
  return Float32Array.from(sums, (part) => (total > 1e-30 ? part / total : 1 / sums.length));
}

/**
 * Turn logits into probabilities: positive, summing to 1.
 *
 * @param {Float32Array} logits
 * @returns {Float32Array}
 */
export function softmax(logits) {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return Float32Array.from(powers, (power) => power / sum);
}
