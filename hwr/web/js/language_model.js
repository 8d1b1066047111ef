/**
 * Language models: how probable a word is, letter by letter: `hwr/words/language_model.py`, for a
 * web page.
 *
 * `ProseModel` mixes three models: one of a word list, one of its letter sequences, for names and
 * unlisted words, and one of numbers. The list comes with the page (`hwr/web/word_list.py`).
 *
 * @typedef {{text: string, listed: number, spelled: number, number: number}} PrefixState
 * A prefix, and its log-probabilities as that of a listed word, of an unlisted one, of a number.
 *
 * @typedef {object} LanguageModel
 * @property {string} letters The letters that occur.
 * @property {boolean} ignoresCase Whether small letters stand for their capitals too.
 * @property {() => PrefixState} begin Returns the state before the first letter.
 * @property {(state: PrefixState, letter: string) => PrefixState} extend Returns the state after
 *   one more letter, or after `END`.
 * @property {(state: PrefixState) => number} score Returns the log-probability of a prefix.
 *
 * @typedef {{frequencies: number[], words: string}} WordList
 * The different frequencies, and the sorted words. A word is written as the number of letters that
 * it shares with the one before (A is 0, B is 1), its other letters, and the number of its
 * frequency (two digits in base 36).
 */

/** How many preceding letters predict the next one. */
export const CONTEXT_LENGTH = 4;
/** Assumed shares of listed words, unlisted words and numbers in a text. */
export const LISTED_RATE = 0.9;
export const SPELLED_RATE = 0.08;
export const NUMBER_RATE = 0.02;
export const LOWERCASE = "abcdefghijklmnopqrstuvwxyz";
export const DIGITS = "0123456789";
/** Stands between letters of words such as "don't". */
export const APOSTROPHE = "'";
/** Power to which frequencies are raised: people try a reader on rarer words than books hold. */
export const FREQUENCY_EXPONENT = 0.6;
/** Probability that a digit in a number is followed by another one. */
export const NEXT_DIGIT_RATE = 0.7;
/** Probability of a digit inside a word; keeps every sequence possible. */
export const DIGIT_IN_WORD_RATE = 0.00001;
/** Marks the end of a word. */
export const END = "\n";
/** The logarithm of probability 0. */
export const IMPOSSIBLE = -Infinity;

/** What an unlisted word holds, and its end. */
const SPELLED = LOWERCASE + APOSTROPHE + END;

const { exp, log } = Math;

/** A model in which all characters are equally probable: for codes, names and numbers. */
export class UniformModel {
  ignoresCase = false;
  #logProbability;

  /** @param {string} letters The characters that occur. */
  constructor(letters) {
    this.letters = letters;
    this.#logProbability = -log(letters.length);
  }

  /** Return the state before the first letter. */
  begin() {
    return { text: "", listed: IMPOSSIBLE, spelled: 0, number: IMPOSSIBLE };
  }

  /** Return the state after one more letter, or after `END`. */
  extend(state, letter) {
    const added = letter === END ? 0 : this.#logProbability;
    return { ...state, text: state.text + letter, spelled: state.spelled + added };
  }

  /** Return the log-probability of a prefix. */
  score(state) {
    return state.spelled;
  }
}

/** A model of the words of a language, spelt in a to z without diacritics. */
export class ProseModel {
  letters = LOWERCASE + DIGITS;
  ignoresCase = true;
  #words;
  #cumulative;
  #sequences;
  #prefixes = new Map();
  #nextLetters = new Map();

  /** @param {WordList} list */
  constructor(list) {
    const { words, cumulative } = unpack(list);
    [this.#words, this.#cumulative] = [words, cumulative];
    this.#sequences = letterSequences(words);
  }

  /** Return the state before the first letter. */
  begin() {
    return {
      text: "", listed: log(LISTED_RATE), spelled: log(SPELLED_RATE), number: log(NUMBER_RATE),
    };
  }

  /** Return the state after one more letter, or after `END`. */
  extend(state, letter) {
    const text = state.text + letter;
    let [listed, number] = [IMPOSSIBLE, IMPOSSIBLE];
    if (state.listed > IMPOSSIBLE) {
      listed = state.listed + log(this.#frequency(text) / this.#frequency(state.text));
    }
    if (state.number > IMPOSSIBLE && (DIGITS.includes(letter) || letter === END)) {
      number = state.number + log(letter === END ? 1 - NEXT_DIGIT_RATE : NEXT_DIGIT_RATE / 10);
    }
    const spelled =
      state.spelled + this.#lettersAfter(state.text.slice(-CONTEXT_LENGTH)).get(letter);
    return { text, listed, spelled, number };
  }

  /** Return the log-probability of a prefix. */
  score({ listed, spelled, number }) {
    const best = Math.max(listed, spelled, number);
    return best + log(exp(listed - best) + exp(spelled - best) + exp(number - best));
  }

  /** Return the sum of the frequencies of all words with a prefix. */
  #frequency(prefix) {
    if (!this.#prefixes.has(prefix)) {
      const [first, end] = [prefix, prefix + "~"] // "~" sorts after all letters
        .map((text) => lowerBound(text, this.#words));
      this.#prefixes.set(prefix, this.#cumulative[end] - this.#cumulative[first]);
    }
    return this.#prefixes.get(prefix);
  }

  /** Return each letter's log-probability after up to `CONTEXT_LENGTH` others. */
  #lettersAfter(before) {
    if (!this.#nextLetters.has(before)) {
      const context = before.length === CONTEXT_LENGTH ? before : "^" + before;
      const digits = [...DIGITS].map((digit) => [digit, log(DIGIT_IN_WORD_RATE / DIGITS.length)]);
      const letters = this.#probabilities(context).map((probability, i) =>
        [SPELLED[i], log((1 - DIGIT_IN_WORD_RATE) * probability)]);
      this.#nextLetters.set(before, new Map([...digits, ...letters]));
    }
    return this.#nextLetters.get(before);
  }

  /** Return each letter's probability in a context (Witten and Bell 1991, interpolated). */
  #probabilities(context) {
    const letters = [...SPELLED];
    let probabilities = letters.map(() => 1 / letters.length);
    for (let start = context.length; start >= 0; start--) {
      const suffix = context.slice(start);
      const counts = letters.map((letter) => countOf(suffix + letter, this.#sequences));
      const total = counts.reduce((sum, count) => sum + count, 0);
      if (total === 0) break;
      const kinds = counts.filter((count) => count > 0).length;
      probabilities = probabilities.map((shorter, i) =>
        (counts[i] + kinds * shorter) / (total + kinds));
    }
    return probabilities;
  }
}

// --- what is learned from a list ---------------------------------------------------------------

/**
 * Return the sorted words of a list, each with `END`, and their cumulative frequencies: for each
 * place the sum of the frequencies, raised to their power, of all words before it.
 */
function unpack({ frequencies, words: packed }) {
  const raised = frequencies.map((frequency) => frequency ** FREQUENCY_EXPONENT);
  const words = [];
  const sums = [0];
  let word = "";
  for (const [, shared, rest, number] of packed.matchAll(/([A-Z])([a-z']*)([0-9A-Z]{2})/g)) {
    word = word.slice(0, shared.charCodeAt(0) - 65) + rest;
    words.push(word + END); // END sorts before all letters and "'"
    sums.push(sums.at(-1) + raised[parseInt(number, 36)]);
  }
  return { words, cumulative: Float64Array.from(sums) };
}

/** Return the place of the first element of a sorted list that is not below a bound. */
function lowerBound(bound, sorted) {
  let [first, end] = [0, sorted.length];
  while (first < end) {
    const middle = (first + end) >> 1;
    if (sorted[middle] < bound) first = middle + 1;
    else end = middle;
  }
  return first;
}

/** Letters as digits of a number, none of them 0; ^ marks the beginning of a word. */
const SIGNS = ` ^${LOWERCASE}${DIGITS}${APOSTROPHE}${END}`;
const BITS = 6;

/**
 * Return every letter of every word with the `CONTEXT_LENGTH` letters before it, as sorted
 * numbers. The last letter has the highest bits, the one before it the next: all places where the
 * same letters end, however many, are neighbours.
 */
function letterSequences(words) {
  const sequences = new Int32Array(words.reduce((total, word) => total + word.length, 0));
  const top = BITS * CONTEXT_LENGTH;
  let place = 0;
  for (const word of words) {
    let number = SIGNS.indexOf("^") << top;
    for (const letter of word) {
      number = (number >> BITS) | (SIGNS.indexOf(letter) << top);
      sequences[place++] = number;
    }
  }
  return sequences.sort();
}

/** Return how often up to five letters follow one another. */
function countOf(letters, sequences) {
  let [least, size] = [0, 1 << (BITS * (CONTEXT_LENGTH + 1))];
  for (const letter of [...letters].reverse()) {
    size >>= BITS;
    least += SIGNS.indexOf(letter) * size;
  }
  return lowerBound(least + size, sequences) - lowerBound(least, sequences);
}
