/**
 * The search for the best word among all ways to cut its ink: `hwr/lattice.py`, for a web page.
 *
 * A path of groups from the first unit to the last, with a letter for each, is a reading. They are
 * built from left to right, and only the most probable beginnings stay (beam search).
 *
 * @typedef {import("./language.js").Language} Language
 * @typedef {import("./language.js").State} State
 *
 * @typedef {{start: number, end: number, scores: [string, number][]}} Group
 * Some units that may be one character: those from `start` up to, but without, `end`; and letters
 * with the logarithms of their scores, the best first. An empty letter stands for ink that is
 * none, such as a comma.
 *
 * @typedef {{text: string, state: State, ink: number, groups: Group[], score: number}} Path
 * A reading, or the beginning of one: what is read, what the language says of it, the sum of its
 * groups' scores, the best way to cut the ink without what is left out, and the score of ink and
 * language together.
 */

import { END } from "hwr/language.js";

/** So many beginnings are kept at each place. */
export const BEAM = 40;
/** Beginnings whose score is lower than the best one's by so much are dropped. */
export const MARGIN = 12;
/** So many of a group's letters are tried, the most probable ones. */
export const LETTERS = 6;

/**
 * Find the most probable readings.
 *
 * @param {Group[]} groups
 * @param {number} units How many there are.
 * @param {Language} language How likely a text is.
 * @param {object} [options]
 * @param {number} [options.weight] How much the language counts beside the ink.
 * @param {number} [options.beam] How many beginnings are kept; Infinity for all of them, which
 *   with all letters makes the search exact, and slow.
 * @param {number} [options.letters] How many letters of a group are tried.
 * @returns {Path[]} Whole readings, each text once, the best first. Empty if no path leads to the
 *   end.
 */
export function search(
  groups, units, language, { weight = 1, beam = BEAM, letters = LETTERS } = {},
) {
  const margin = beam === Infinity ? Infinity : MARGIN;
  const starting = Array.from({ length: units + 1 }, () => []);
  for (const group of groups) starting[group.start].push(group);
  const reached = starting.map(() => new Map());
  const best = starting.map(() => -Infinity);
  reached[0].set("", { text: "", state: language.begin(), ink: 0, groups: [], score: 0 });
  for (let place = 0; place < units; place++) {
    for (const path of likeliest(reached[place].values(), beam, best[place] - margin)) {
      for (const group of starting[place]) {
        for (const [letter, score] of group.scores.slice(0, letters)) {
          // The language can only make it worse, and the next letters are.
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
  if (units === 0) return [];
  return likeliest(reached[units].values(), beam, best[units] - margin)
    .map((path) => {
      const state = language.extend(path.state, END);
      return { ...path, state, score: path.ink + weight * language.score(state) };
    })
    .sort((one, other) => other.score - one.score);
}

/**
 * Turn the scores of readings into their probabilities among one another.
 *
 * @param {number[]} scores
 * @returns {number[]} They sum to 1.
 */
export function posteriors(scores) {
  const best = Math.max(...scores);
  const shares = scores.map((score) => Math.exp(score - best));
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => share / sum);
}

/** Give the best paths, those alone that score at least so much. */
function likeliest(paths, beam, least) {
  const every = [...paths].filter((path) => path.score >= least);
  if (every.length <= beam) return every;
  return every.sort((one, other) => other.score - one.score).slice(0, beam);
}
