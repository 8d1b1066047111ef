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
 *   outside: number, instead: string, sure: boolean, image: Uint8Array}} Reading
 * The best classes first, none for an empty drawing; the probabilities of all classes, given that
 * it is one of them, which sum to 1, or to 0 for an empty drawing; the probability that it is
 * nothing of the alphabet, and what else it most probably is: another character, `NONE`, or "" if
 * the network knows nothing else; whether the probability that it is the best class, and not
 * something outside the alphabet, reaches the recogniser's threshold; and the 28x28 greys that the
 * network saw.
 */

import { convert } from "hwr/ink.js";
import { CharacterNetwork } from "hwr/litert.js";

/** The class of what is no character. */
export const NONE = "∅";
/** Assumed share of drawings that are nothing of the alphabet asked for. */
const OUTSIDE = 1 / 3;

/** Reads single characters. */
export class Recognizer {
  /**
   * Start TensorFlow.js, and return the recogniser of the page's data.
   *
   * @param {{card: object, alphabets: Alphabet[], outputs: Alphabet, network: object}} data From
   *   `hwr.web.page_data`.
   * @returns {Promise<Recognizer>}
   */
  static async load(data) {
    return new Recognizer(data, await CharacterNetwork.load(data.network));
  }

  /** Use `load`. */
  constructor({ card, alphabets, outputs }, network) {
    /** @type {Alphabet[]} The first one is the recogniser's own. */
    this.alphabets = alphabets;
    /** @type {Alphabet} The classes of the network: the own ones first, then other characters. */
    this.outputs = outputs;
    /** The outputs in each class of each alphabet. */
    this.parts = new Map(alphabets.map((each) => [each, sharing(each, outputs)]));
    /** @type {number} Lowest probability of a sure answer. */
    this.threshold = card.threshold;
    this.temperature = card.temperature;
    // Bayes' rule: a uniform prior replaces the frequencies in the training data. Other characters
    // were as frequent as the mean.
    const mean = 1 / alphabets[0].classes.length;
    this.logPrior = outputs.classes.map((_, i) => -Math.log(card.class_frequencies[i] ?? mean));
    this.network = network;
  }

  /**
   * Return the probabilities of an alphabet's classes for a uniform prior.
   *
   * @param {Uint8Array[]} images Each 28x28 greys, row by row; ink is 255.
   * @param {Alphabet} [alphabet] One of `alphabets`; by default the recogniser's own.
   * @returns {Float32Array[]} One array for each image; each sums to 1: the probabilities given
   *   that the character is in the alphabet.
   */
  probabilities(images, alphabet = this.alphabets[0]) {
    return this.network.logits(images).map((logits) => this.fromLogits(logits, alphabet));
  }

  /** Convert the logits of one image as `probabilities` does. */
  fromLogits(logits, alphabet) {
    const parts = this.parts.get(alphabet);
    const possible = new Set(parts.flat());
    const scores = this.scores(logits).map((score, i) => (possible.has(i) ? score : -Infinity));
    return fold(softmax(scores), parts);
  }

  /** Return calibrated logits for a uniform prior. */
  scores(logits) {
    return Array.from(logits, (z, i) => z / this.temperature + this.logPrior[i]);
  }

  /**
   * Return the probabilities of what is outside an alphabet.
   *
   * By Bayes' rule: two of three drawings are assumed to be of the alphabet, each class as often
   * as every other; of the rest, half are other characters and half no character at all.
   *
   * @param {Float32Array} logits Of one image.
   * @param {Alphabet} alphabet
   * @returns {Float32Array} One for each of `outputs`, 0 for the classes inside the alphabet; the
   *   rest sums to the probability that a drawing is nothing of it.
   */
  outside(logits, alphabet) {
    const inside = new Set(this.parts.get(alphabet).flat());
    const rest = this.outputs.classes.map((name, i) => [name, i]).filter(([, i]) => !inside.has(i));
    const none = rest.filter(([name]) => name === NONE);
    const others = [none, rest.filter(([name]) => name !== NONE)].filter((each) => each.length);
    const weights = new Map([...inside].map((i) => [i, (1 - OUTSIDE) / inside.size]));
    for (const each of others) {
      for (const [, i] of each) weights.set(i, OUTSIDE / others.length / each.length);
    }
    const scores = this.scores(logits).map((score, i) => score + Math.log(weights.get(i)));
    return softmax(scores).map((share, i) => (inside.has(i) ? 0 : share));
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
      const nothing = { outside: 0, instead: "", sure: false };
      return { candidates: [], probabilities: none, alphabet: chosen, ...nothing, image };
    }
    const [logits] = this.network.logits([image]);
    const probabilities = this.fromLogits(logits, chosen);
    const candidates = chosen.classes
      .map((name, i) => [name, probabilities[i]])
      .sort(([, a], [, b]) => b - a) // stable: equal ones keep their order
      .slice(0, top);
    const others = this.outside(logits, chosen);
    const outside = others.reduce((sum, share) => sum + share, 0);
    const instead = outside ? this.outputs.classes[others.indexOf(Math.max(...others))] : "";
    const sure = candidates.length > 0 && candidates[0][1] * (1 - outside) >= this.threshold;
    return { candidates, probabilities, alphabet: chosen, outside, instead, sure, image };
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
 * Convert probabilities of the outputs to those of an alphabet's classes: sums over the outputs in
 * each class, scaled to sum to 1.
 */
function fold(probabilities, parts) {
  const sums = parts.map((outputs) => outputs.reduce((sum, i) => sum + probabilities[i], 0));
  const total = sums.reduce((sum, part) => sum + part, 0);
  return Float32Array.from(sums, (part) => (total > 1e-30 ? part / total : 1 / sums.length));
}

/** Return for each class of an alphabet the outputs that share a character with it. */
function sharing(alphabet, outputs) {
  const places = new Map(
    outputs.members.flatMap((members, i) => [...members].map((character) => [character, i])),
  );
  return alphabet.members.map((members) => [
    ...new Set([...members].map((character) => places.get(character))),
  ]);
}

/**
 * Return probabilities for logits: positive, with sum 1.
 *
 * @param {Float32Array|number[]} logits
 * @returns {Float32Array}
 */
export function softmax(logits) {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return Float32Array.from(powers, (power) => power / sum);
}
