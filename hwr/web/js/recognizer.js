/**
 * A trained network at work: from a drawing to the characters it may be. `hwr/recognizer.py`, for a
 * web page; the logits are processed step by step as in Python.
 *
 * @typedef {import("hwr/ink.js").Stroke} Stroke
 *
 * @typedef {{name: string, classes: string[], members: string[], signs: Object<string, string>}}
 *   Alphabet
 * The classes of a task; `members` are the characters of each class, such as "Cc"; `signs` are
 * the names of those that are neither letters nor digits.
 *
 * @typedef {{candidates: [string, number][], probabilities: Float32Array, alphabet: Alphabet,
 *   sure: boolean, image: Uint8Array}} Reading
 * The best classes first, none for an empty drawing; the probabilities of all classes, which sum
 * to 1, or to 0 for an empty drawing; whether the best one reaches the recogniser's threshold; and
 * the 28x28 greys that the network saw.
 */

import { CHARACTERS } from "hwr/hypotheses.js";
import { convert } from "hwr/ink.js";
import { Network } from "hwr/litert.js";
import { LookAlikes } from "hwr/look_alikes.js";

/** Reads single characters. */
export class Recognizer {
  /**
   * Start TensorFlow.js, and return the recogniser of the page's data.
   *
   * @param {{card: object, alphabets: Alphabet[], network: object}} data From
   *   `hwr.web.page_data`.
   * @returns {Promise<Recognizer>}
   */
  static async load(data) {
    return new Recognizer(data, await Network.load(data.network));
  }

  /** Use `load`. */
  constructor({ card, alphabets }, network) {
    /** @type {Alphabet[]} The first one is the network's own. */
    this.alphabets = alphabets;
    /** @type {number} Lowest probability of a sure answer. */
    this.threshold = card.threshold;
    this.temperature = card.temperature;
    // Bayes' rule: a uniform prior replaces the frequencies in the training data.
    this.logPrior = card.class_frequencies.map((frequency) => -Math.log(frequency));
    this.lookAlikes = card.drawings && new LookAlikes(card.drawings, alphabets[0]?.classes ?? []);
    this.network = network;
  }

  /**
   * Return the probabilities of the network's own classes for a uniform prior.
   *
   * @param {Uint8Array[]} images Each 28x28 greys, row by row; ink is 255.
   * @returns {Float32Array[]} One array for each image; each sums to 1.
   */
  probabilities(images) {
    return this.network
      .logits(images)
      .map((logits) => softmax(logits.map((z, i) => z / this.temperature + this.logPrior[i])));
  }

  /**
   * Return the probabilities of the 62 characters in which words are read: those of a class in
   * equal parts. As `spreading_matrix` of `hwr/words/characters.py`.
   *
   * @param {Uint8Array[]} images
   * @returns {Float32Array[]} Characters that the network does not know have 0.
   */
  characterProbabilities(images) {
    const [{ members }] = this.alphabets;
    const shares = members.map((own) => {
      const characters = [...own].filter((character) => CHARACTERS.includes(character));
      return characters.map((character) => [character, 1 / characters.length]);
    });
    return this.probabilities(images).map((probabilities) => {
      const spread = new Float32Array(CHARACTERS.length);
      shares.forEach((parts, own) => {
        for (const [character, share] of parts) {
          spread[CHARACTERS.indexOf(character)] += share * probabilities[own];
        }
      });
      return spread;
    });
  }

  /**
   * Read one character.
   *
   * @param {Stroke[]|Uint8Array} drawing Strokes, or 28x28 greys, which are not converted.
   * @param {string} [alphabet] Name of one of `alphabets`; by default the network's own.
   * @param {number} [top] Number of candidates.
   * @returns {Reading}
   * @throws {RangeError} If there is no such alphabet.
   */
  read(drawing, alphabet = this.alphabets[0].name, top = 3) {
    const chosen = this.getAlphabet(alphabet);
    const image = drawing instanceof Uint8Array ? drawing : convert(drawing);
    if (image.every((grey) => grey === 0)) {
      const none = new Float32Array(chosen.classes.length);
      return { candidates: [], probabilities: none, alphabet: chosen, sure: false, image };
    }
    const drawn = this.lookAlikes && drawing !== image;
    const [known] = this.probabilities([image]);
    const all = drawn ? this.lookAlikes.calibrate(known) : known;
    const probabilities = fold(all, this.alphabets[0], chosen);
    const candidates = chosen.classes
      .map((name, i) => [name, probabilities[i]])
      .sort(([, a], [, b]) => b - a) // stable: equal ones keep their order
      .slice(0, top);
    const sure = candidates.length > 0 && candidates[0][1] >= this.threshold;
    return { candidates, probabilities, alphabet: chosen, sure, image };
  }

  /** Return an alphabet by its name. */
  getAlphabet(name) {
    const found = this.alphabets.find((alphabet) => alphabet.name === name);
    if (found) return found;
    const names = this.alphabets.map((alphabet) => alphabet.name).join(", ");
    throw new RangeError(`There is no alphabet '${name}': give one of ${names}.`);
  }
}

/**
 * Convert probabilities of the network's own classes to those of an alphabet's: sums over the
 * classes that share a character, scaled to sum to 1.
 */
export function fold(probabilities, own, alphabet) {
  const sums = alphabet.members.map((members) =>
    own.members.reduce((sum, other, i) => sum + (shared(members, other) ? probabilities[i] : 0), 0),
  );
  const total = sums.reduce((sum, part) => sum + part, 0);
  return Float32Array.from(sums, (part) => (total > 1e-30 ? part / total : 1 / sums.length));
}

/** Return whether two classes share a character. */
function shared(members, others) {
  return [...members].some((character) => [...others].includes(character));
}

/**
 * Return probabilities for logits: positive, with sum 1.
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
