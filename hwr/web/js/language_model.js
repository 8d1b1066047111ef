/**
 * What words are likely: `hwr/language.py`, for a web page.
 *
 * A word's probability is a mixture of three: that of a list of words, as a tree of prefixes; that
 * of the letter sequences in them, for names and words in no list; and that of numbers. All can be
 * extended letter by letter, which is what a search over readings needs. The list comes with the
 * page, made by `hwr/web/lexicon.py`; the page learns from it what Python learns.
 *
 * @typedef {{text: string, listed: number, spelled: number, number: number}} State
 * What a model knows of a word's beginning: the letters so far, and the logarithms of the
 * probabilities if the word is on the list, if it is not, and if it is a number.
 *
 * @typedef {object} Language
 * @property {string} letters Which letters occur.
 * @property {boolean} settlesCase Whether they are all small, and stand for their capitals too.
 * @property {() => State} begin Gives the state before the first letter.
 * @property {(state: State, letter: string) => State} extend Gives the state after one more
 *   letter, or after `END`.
 * @property {(state: State) => number} score Gives the logarithm of a state's probability.
 *
 * @typedef {{frequencies: number[], words: string}} Listed
 * A list of words: how frequent they are, each frequency once; and the words in order, each as
 * how many letters it shares with the one before (A is 0, B is 1), its other letters, and the
 * number of its frequency (two digits to the base of 36).
 */

/** A letter is guessed from so many before it. */
export const ORDER = 4;
/** The share of a text's words that are on the list. */
export const KNOWN = 0.9;
/** The share of those that are not. */
export const SPELLED = 0.08;
/** The share of numbers. */
export const NUMBERS = 0.02;
export const SMALL = "abcdefghijklmnopqrstuvwxyz";
export const DIGITS = "0123456789";
/** Frequencies are raised to this power: who tries a reader writes rarer words than a book has. */
export const EVENLY = 0.6;
/** So often another digit follows a digit in a number. */
export const LONGER = 0.7;
/** So often a digit stands in a word: seldom, but nothing is impossible. */
export const DIGIT = 0.00001;
/** Stands behind a word's last letter. */
export const END = "\n";
export const IMPOSSIBLE = -Infinity;

const { exp, log } = Math;

/** Every sequence of letters is equally likely: for codes, names and numbers. */
export class Uniform {
  settlesCase = false;
  #each;

  /** @param {string} letters Which characters occur. */
  constructor(letters) {
    this.letters = letters;
    this.#each = -log(letters.length);
  }

  /** Give the state before the first letter. */
  begin() {
    return { text: "", listed: IMPOSSIBLE, spelled: 0, number: IMPOSSIBLE };
  }

  /** Give the state after one more letter, or after `END`. */
  extend(state, letter) {
    const each = letter === END ? 0 : this.#each;
    return { ...state, text: state.text + letter, spelled: state.spelled + each };
  }

  /** Give the logarithm of the probability of a state. */
  score(state) {
    return state.spelled;
  }
}

/** The words of a language, spelt in a to z: accents and dots are left out. */
export class Prose {
  letters = SMALL + DIGITS;
  settlesCase = true;
  #words;
  #upTo;
  #places;
  #frequent = new Map();
  #after = new Map();

  /** @param {Listed} listed */
  constructor(listed) {
    const { words, upTo } = unpack(listed);
    [this.#words, this.#upTo] = [words, upTo];
    this.#places = placesOf(words);
  }

  /** Give the state before the first letter. */
  begin() {
    return { text: "", listed: log(KNOWN), spelled: log(SPELLED), number: log(NUMBERS) };
  }

  /** Give the state after one more letter, or after `END`. */
  extend(state, letter) {
    const text = state.text + letter;
    let [listed, number] = [IMPOSSIBLE, IMPOSSIBLE];
    if (state.listed > IMPOSSIBLE) {
      listed = state.listed + log(this.#frequency(text) / this.#frequency(state.text));
    }
    if (state.number > IMPOSSIBLE && (DIGITS.includes(letter) || letter === END)) {
      number = state.number + log(letter === END ? 1 - LONGER : LONGER / 10);
    }
    const spelled = state.spelled + this.#lettersAfter(state.text.slice(-ORDER)).get(letter);
    return { text, listed, spelled, number };
  }

  /** Give the logarithm of the probability of a state. */
  score({ listed, spelled, number }) {
    const best = Math.max(listed, spelled, number);
    return best + log(exp(listed - best) + exp(spelled - best) + exp(number - best));
  }

  /** Give the sum of the frequencies of all words that begin so; 0 if none does. */
  #frequency(beginning) {
    if (!this.#frequent.has(beginning)) {
      const [first, end] = [beginning, beginning + "~"] // which no letter comes after
        .map((text) => placeOf(text, this.#words));
      this.#frequent.set(beginning, this.#upTo[end] - this.#upTo[first]);
    }
    return this.#frequent.get(beginning);
  }

  /** Give the logarithm of each letter's probability after up to `ORDER` others. */
  #lettersAfter(before) {
    if (!this.#after.has(before)) {
      const context = before.length === ORDER ? before : "^" + before;
      const odd = [...DIGITS].map((digit) => [digit, log(DIGIT / DIGITS.length)]);
      const rest = this.#probabilities(context).map((probability, i) =>
        [(SMALL + END)[i], log((1 - DIGIT) * probability)]);
      this.#after.set(before, new Map([...odd, ...rest]));
    }
    return this.#after.get(before);
  }

  /** Give the probability of each letter after others, from short to long (Witten-Bell). */
  #probabilities(context) {
    const letters = [...SMALL, END];
    let probabilities = letters.map(() => 1 / letters.length);
    for (let start = context.length; start >= 0; start--) {
      const known = letters.map((letter) => countOf(context.slice(start) + letter, this.#places));
      const total = known.reduce((sum, count) => sum + count, 0);
      if (total === 0) break;
      const kinds = known.filter((count) => count > 0).length;
      probabilities = probabilities.map((shorter, i) =>
        (known[i] + kinds * shorter) / (total + kinds));
    }
    return probabilities;
  }
}

// --- what is learned from a list ---------------------------------------------------------------

/**
 * Give the words of a list, and how frequent they are.
 *
 * @param {Listed} listed
 * @returns {{words: string[], upTo: Float64Array}} In alphabetical order, each with `END`; and for
 *   each place the sum of the frequencies, made more even, of all words before it.
 */
function unpack({ frequencies, words: packed }) {
  const evened = frequencies.map((frequency) => frequency ** EVENLY);
  const words = [];
  const sums = [0];
  let word = "";
  for (const [, shared, rest, number] of packed.matchAll(/([A-Z])([a-z]*)([0-9A-Z]{2})/g)) {
    word = word.slice(0, shared.charCodeAt(0) - 65) + rest;
    words.push(word + END); // which comes before any letter
    sums.push(sums.at(-1) + evened[parseInt(number, 36)]);
  }
  return { words, upTo: Float64Array.from(sums) };
}

/** Give the place of the first in a sorted list that does not come before another, by halves. */
function placeOf(other, sorted) {
  let [first, end] = [0, sorted.length];
  while (first < end) {
    const middle = (first + end) >> 1;
    if (sorted[middle] < other) first = middle + 1;
    else end = middle;
  }
  return first;
}

/** Letters as digits of a number, none of them 0: ^ stands before a word. */
const SIGNS = ` ^${SMALL}${DIGITS}${END}`;
const BITS = 6;

/**
 * Give for every letter of every word, each word once, a number for it and the `ORDER` before it.
 *
 * @param {string[]} words
 * @returns {Int32Array} In ascending order. The last letter counts most, the one before it less:
 *   all places where the same letters end, few or many, stand side by side.
 */
function placesOf(words) {
  const places = new Int32Array(words.reduce((total, word) => total + word.length, 0));
  const top = BITS * ORDER;
  let at = 0;
  for (const word of words) {
    let number = SIGNS.indexOf("^") << top;
    for (const letter of word) {
      number = (number >> BITS) | (SIGNS.indexOf(letter) << top);
      places[at++] = number;
    }
  }
  return places.sort();
}

/** Tell how often up to five letters follow one another. */
function countOf(letters, places) {
  let [least, size] = [0, 1 << (BITS * (ORDER + 1))];
  for (const letter of [...letters].reverse()) {
    size >>= BITS;
    least += SIGNS.indexOf(letter) * size;
  }
  return placeOf(least + size, places) - placeOf(least, places);
}
