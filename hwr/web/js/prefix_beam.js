/**
 * From a network's probabilities in every frame to texts, CTC's prefix beam search:
 * `hwr/words/prefix_beam.py`, for a web page.
 *
 * For each *prefix* of a text two sums over its paths are kept: of those that end in a blank, and
 * of those that end in its last character, because only after a blank may the same character begin
 * anew. A language model adds its opinion; only the most probable prefixes are kept.
 *
 * @typedef {{language: import("hwr/language_model.js").LanguageModel, weight: number,
 *   bonus: number}} Advice
 * A language model, the weight of its log-probability beside the ink's, and what is added for
 * every character.
 *
 * @typedef {{text: string, ink: number, score: number}} Decoded
 * A text; its log-probability, given the ink alone; and the score of ink and language together.
 */

import { BLANK } from "hwr/ctc.js";
import { END } from "hwr/language_model.js";

/** Prefixes kept after each frame. */
export const BEAM_WIDTH = 24;
/** Prefixes whose score is lower than the best one's by more than this are dropped. */
export const SCORE_MARGIN = 10;
/** Characters less probable than this in a frame are not tried there. */
export const LEAST_PROBABLE = Math.log(1e-3);
export const IMPOSSIBLE = -Infinity;

/**
 * Find the most probable texts.
 *
 * @param {ArrayLike<number>[]} logProbabilities Of the classes in each frame; the first class is
 *   the blank.
 * @param {string} characters Those of the other classes.
 * @param {Advice} advice
 * @param {number} [beam] How many prefixes are kept. Infinity keeps all: with `least` minus
 *   infinity the search is then exact, and slow.
 * @param {number} [least] Log-probability below which a character is not tried in a frame.
 * @returns {Decoded[]} Each text once, best first.
 */
export function prefixBeam(
  logProbabilities, characters, advice, beam = BEAM_WIDTH, least = LEAST_PROBABLE,
) {
  const { language, weight, bonus } = advice;
  let kept = new Map([["", { ...newPrefix(language.begin(), 0), afterBlank: 0 }]]);
  const known = new Map();
  const extended = (text, before) => {
    if (!known.has(text)) {
      const state = language.extend(before.state, text.at(-1));
      known.set(text, [state, weight * language.score(state) + bonus * text.length]);
    }
    return newPrefix(...known.get(text));
  };
  const occur = [...characters]
    .map((character, i) => [i + 1, character])
    .filter(([, character]) => language.letters.includes(character));
  for (const frame of logProbabilities) {
    const tried = occur.filter(([place]) => frame[place] >= least);
    const reached = readFrame(frame, tried, kept, extended);
    kept = beam === Infinity ? reached : pruned(reached, beam);
  }
  return finished(kept, advice);
}

/** Return a prefix: what the language model says of it, and the logarithms of its two sums. */
function newPrefix(state, advised) {
  return { state, advised, afterBlank: IMPOSSIBLE, afterCharacter: IMPOSSIBLE };
}

/** Return the log-probability of a prefix, given the ink alone. */
function inkOf({ afterBlank, afterCharacter }) {
  return added(afterBlank, afterCharacter);
}

/** Return the prefixes after one more frame, in which some characters are possible. */
function readFrame(frame, tried, kept, extended) {
  const reached = new Map();
  for (const [text, prefix] of kept) {
    const ink = inkOf(prefix);
    if (!reached.has(text)) reached.set(text, newPrefix(prefix.state, prefix.advised));
    const same = reached.get(text);
    same.afterBlank = added(same.afterBlank, ink + frame[BLANK]);
    for (const [place, character] of tried) {
      let begins = ink;
      if (text.endsWith(character)) { // it goes on, or begins anew after a blank
        same.afterCharacter = added(same.afterCharacter, prefix.afterCharacter + frame[place]);
        begins = prefix.afterBlank;
      }
      if (begins === IMPOSSIBLE) continue;
      const longer = text + character;
      if (!reached.has(longer)) reached.set(longer, extended(longer, prefix));
      const other = reached.get(longer);
      other.afterCharacter = added(other.afterCharacter, begins + frame[place]);
    }
  }
  return reached;
}

/** Return the best prefixes. */
function pruned(reached, beam) {
  const scored = Array.from(reached, (entry) => [inkOf(entry[1]) + entry[1].advised, entry]);
  const sorted = Float64Array.from(scored, ([score]) => -score).sort();
  const least = Math.max(-sorted[0] - SCORE_MARGIN, -sorted[Math.min(beam, sorted.length) - 1]);
  return new Map(scored.filter(([score]) => score >= least).map(([, entry]) => entry));
}

/** Return the texts that end here. */
function finished(kept, { language, weight, bonus }) {
  return Array.from(kept, ([text, prefix]) => {
    const said = text ? language.score(language.extend(prefix.state, END)) : 0;
    const ink = inkOf(prefix);
    return { text, ink, score: ink + weight * said + bonus * text.length };
  })
    .filter(({ ink }) => ink > IMPOSSIBLE)
    .sort((one, other) => other.score - one.score);
}

/** Return the logarithm of the sum of two numbers, from their logarithms. */
export function added(one, other) {
  const [low, high] = one < other ? [one, other] : [other, one];
  return low === IMPOSSIBLE ? high : high + Math.log1p(Math.exp(low - high));
}
