/**
 * The lattice of all readings of a word, and a beam search for the best of them:
 * `hwr/words/lattice.py`, for a web page.
 *
 * A path of groups from the first segment to the last, with a letter for each, is a reading.
 * Readings are built from left to right, and only the most probable prefixes are kept.
 *
 * @typedef {import("hwr/language_model.js").LanguageModel} LanguageModel
 * @typedef {import("hwr/language_model.js").PrefixState} PrefixState
 *
 * @typedef {{start: number, end: number, scores: [string, number][]}} Group
 * The segments from `start` up to, but without, `end`, which may be one character; and letters with
 * their log-scores, best first. An empty letter stands for ink that is skipped, such as a comma.
 *
 * @typedef {{text: string, state: PrefixState, ink: number, groups: Group[], score: number}}
 *   LatticePath
 * A reading, or the prefix of one: its text; the language model's log-probabilities; the sum of its
 * groups' scores; the best way to cut the ink, without skipped ink; and the score of ink and
 * language together.
 */

import { END } from "hwr/language_model.js";

/** Prefixes kept after each segment. */
export const BEAM_WIDTH = 40;
/** Prefixes whose score is lower than the best one's by more than this are dropped. */
export const SCORE_MARGIN = 12;
/** How many of a group's letters are tried, the most probable ones first. */
export const LETTERS_PER_GROUP = 6;

/**
 * Find the most probable readings of a word.
 *
 * @param {Group[]} groups
 * @param {number} segments The number of segments in the word.
 * @param {LanguageModel} language
 * @param {object} [options]
 * @param {number} [options.weight] Weight of the language model's score beside the ink's.
 * @param {number} [options.beam] How many prefixes are kept. Infinity keeps all: with all letters
 *   the search is then exact, and slow.
 * @param {number} [options.letters] How many letters per group are kept.
 * @returns {LatticePath[]} Complete readings, each text once, best first. Empty if no path leads to
 *   the end.
 */
export function beamSearch(
  groups, segments, language, { weight = 1, beam = BEAM_WIDTH, letters = LETTERS_PER_GROUP } = {},
) {
  const margin = beam === Infinity ? Infinity : SCORE_MARGIN;
  const starting = Array.from({ length: segments + 1 }, () => []);
  for (const group of groups) starting[group.start].push(group);
  const reached = starting.map(() => new Map());
  const best = starting.map(() => -Infinity);
  reached[0].set("", { text: "", state: language.begin(), ink: 0, groups: [], score: 0 });
  for (let place = 0; place < segments; place++) {
    for (const path of pruned(reached[place].values(), beam, best[place] - margin)) {
      for (const group of starting[place]) {
        for (const [letter, score] of group.scores.slice(0, letters)) {
          // The language only lowers scores, and later letters score less.
          if (path.score + score < best[group.end] - margin) break;
          const state = letter ? language.extend(path.state, letter) : path.state;
          const ink = path.ink + score;
          const total = ink + weight * language.score(state);
          const known = reached[group.end].get(state.text);
          if (known === undefined || total > known.score) {
            const cut = letter ? [...path.groups, group] : path.groups;
            const longer = { text: state.text, state, ink, groups: cut, score: total };
            reached[group.end].set(state.text, longer);
            best[group.end] = Math.max(best[group.end], total);
          }
        }
      }
    }
  }
  if (segments === 0) return [];
  return pruned(reached[segments].values(), beam, best[segments] - margin)
    .map((path) => {
      const state = language.extend(path.state, END);
      return { ...path, state, score: path.ink + weight * language.score(state) };
    })
    .sort((one, other) => other.score - one.score);
}

/** Convert the scores of alternative readings to probabilities, which sum to 1. */
export function posteriors(scores) {
  const best = Math.max(...scores);
  const shares = scores.map((score) => Math.exp(score - best));
  const total = sum(shares);
  return shares.map((share) => share / total);
}

/** Return the best paths among those with at least the least score. */
function pruned(paths, beam, least) {
  const kept = [...paths].filter((path) => path.score >= least);
  if (kept.length <= beam) return kept;
  return kept.sort((one, other) => other.score - one.score).slice(0, beam);
}

/** Return the sum of some numbers. */
export function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
