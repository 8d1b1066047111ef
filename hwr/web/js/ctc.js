/**
 * Where each letter of a text lies in the columns of its ink: `align` of `hwr/words/ctc.py`, for a
 * web page.
 *
 * A *path* names one class per frame, and stands for the text that is left when repeated classes
 * are merged and then blanks are removed. The most probable path of a text (Viterbi) names, for
 * each letter, the frames that it lies in.
 */

/** The class of the blank; character number i of an alphabet is class i + 1. */
export const BLANK = 0;
/** Logarithm of a probability that counts as 0. */
export const LEAST = -1e30;

/**
 * Return where each label of a text lies on its most probable path.
 *
 * @param {ArrayLike<number>[]} logProbabilities Of the classes in each frame; there are enough
 *   frames for the labels.
 * @param {number[]} labels
 * @returns {[number, number][]} First frame of each label, and the one after its last.
 */
export function align(logProbabilities, labels) {
  // The labels, with blanks before, between and after them.
  const states = [BLANK, ...labels.flatMap((label) => [label, BLANK])];
  // A blank may be skipped, but not between equal labels.
  const maySkip = states.map((state, i) => state !== BLANK && i > 1 && state !== states[i - 2]);
  let row = states.map((state, i) => (i < 2 ? logProbabilities[0][state] : LEAST));
  const steps = [];
  for (const frame of logProbabilities.slice(1)) {
    const step = states.map((_, i) => bestStep(row, i, maySkip[i]));
    steps.push(step);
    row = states.map((state, i) => (row[i - step[i]] ?? LEAST) + frame[state]);
  }
  const last = states.length - 1;
  let state = last === 0 || row[last] >= row[last - 1] ? last : last - 1;
  const path = [state];
  for (const step of steps.reverse()) path.push((state -= step[state]));
  path.reverse();
  return labels.map((_, i) => [path.indexOf(2 * i + 1), path.lastIndexOf(2 * i + 1) + 1]);
}

/** Return how many states back the best predecessor of a state is. */
function bestStep(row, i, maySkip) {
  let best = 0;
  if ((row[i - 1] ?? LEAST) > row[i]) best = 1;
  if (maySkip && row[i - 2] > row[i - best]) best = 2;
  return best;
}
