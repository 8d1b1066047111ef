/**
 * Answers as text: `hwr/pads/html.py` and `hwr/pads/sentences.py`, for a web page.
 *
 * @typedef {import("hwr/recognizer.js").Alphabet} Alphabet
 */
import { NONE } from "hwr/recognizer.js";

/** What the page's alphabets are called and what they contain, in the order of their choice. */
const NAMED = {
  10: ["Digits", "The digits 0 to 9."],
  26: ["Letters", "The letters A to Z, large or small."],
  47: [
    "Both",
    "Digits and letters; where large and small look alike, as C and c, they count as one.",
  ],
  62: ["Aa apart", "Digits, capitals and small letters, each a character of its own."],
  marks: ["Marks", "The 32 marks of a keyboard, such as , . ? ! and &."],
  all: ["All", "Digits, capitals, small letters and marks, each a character of its own."],
};
/** The kinds of characters, each with all its characters, sorted. */
const KINDS = {
  digit: "0123456789",
  letter: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
  mark: "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
};
/** Probability from which on a drawing is said to be nothing of the alphabet. */
const OUTSIDE = 0.5;
/** Most characters of an alphabet that are named one by one. */
const MAX_NAMED = 10;

/** Return alphabets in the order of their choice. */
export function inOrder(alphabets) {
  const names = Object.keys(NAMED);
  return alphabets.toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
}

/** Return what an alphabet is called in a list, and its number of classes. */
export function label({ name, classes }) {
  return [NAMED[name]?.[0] ?? "Its own characters", classes.length];
}

/** Return what an alphabet contains, as a sentence. */
export function hint({ name, members }) {
  return NAMED[name]?.[1] ?? `The characters ${members.join(" ")}.`;
}

/** Return a request for one of an alphabet's characters. */
export function whatToDraw({ members }) {
  const characters = [...members.join("")];
  const having = (all) => characters.some((character) => all.includes(character));
  const kinds = Object.keys(KINDS).filter((kind) => having(KINDS[kind]));
  const plain = characters.every((character) => /[0-9A-Za-z]/.test(character));
  if (!plain && characters.length <= MAX_NAMED) return `Draw ${anyOf(characters, " ")}`;
  const known = Object.values(KINDS).join("");
  if (!characters.every((character) => known.includes(character))) return "Draw a character";
  return `Draw ${anyOf(kinds.map((kind) => `a ${kind}`), ", ")}`;
}

function anyOf(choices, separator) {
  const others = choices.slice(0, -1).join(separator);
  return others ? `${others} or ${choices.at(-1)}` : choices[0];
}

/** The beginning of an answer that is not sure, for screen readers. */
const UNSURE = "Not sure: perhaps";
/** The text for screen readers if nothing is drawn. */
export const EMPTY = "The pad is empty.";

/** Return a probability in whole per cent, never claiming certainty: "<1 %", ">99 %". */
export function formatPercent(share) {
  if (share >= 0.995) return ">99 %";
  return share >= 0.005 ? `${Math.round(100 * share)} %` : "<1 %";
}

/** Return a class as it is written: "C/c" where it holds both. */
export function className(character, alphabet) {
  return [...character].length > 1 ? character : membersOf(character, alphabet).join("/");
}

/** Return a class as it is read aloud, where "g" and "G" would sound the same. */
export function spokenName(character, alphabet) {
  if ([...character].length > 1) return character;
  if (membersOf(character, alphabet).length > 1) return `letter ${character}`;
  if (/\p{Nd}/u.test(character)) return `digit ${character}`;
  if (/\p{Lu}/u.test(character)) return `capital ${character}`;
  if (/\p{Ll}/u.test(character)) return `small ${character}`;
  return alphabet.signs[character] ?? character;
}

/** Return the characters of a class. */
function membersOf(name, alphabet) {
  return [...alphabet.members[alphabet.classes.indexOf(name)]];
}

/** Return whether a reading says that the drawing is nothing of its alphabet. */
export function isOutside({ outside, instead }) {
  return instead !== "" && outside >= OUTSIDE;
}

/**
 * Return what a drawing outside an alphabet looks like.
 *
 * @param {string} instead As in a `Reading`.
 * @param {Alphabet} alphabet The one that was asked for.
 * @param {Alphabet} outputs All that the network knows.
 * @returns {string} A sentence such as "That is no digit: it looks like a question mark."
 */
export function outsideSentence(instead, alphabet, outputs) {
  if (instead === NONE) return "This looks like no character.";
  const kind = kindOf(alphabet);
  const wrong = kind ? `no ${kind}` : "none of these characters";
  const name = spokenName(instead, outputs);
  const article = /^(digit|letter) /.test(name) ? "the" : /^[aeiou]/.test(name) ? "an" : "a";
  return `That is ${wrong}: it looks like ${article} ${name}.`;
}

/** Return the beginning of a sentence about an alphabet, such as "Of the digits". */
export function among(alphabet) {
  const kind = kindOf(alphabet);
  return kind ? `Of the ${kind}s` : "Of these characters";
}

/** Return which kind of characters an alphabet has, if it has just these and all of them. */
function kindOf({ members }) {
  const characters = [...members.join("")].sort().join("");
  return Object.keys(KINDS).find((kind) => KINDS[kind] === characters);
}

/** Return that a picture shows several characters, and what to do: words are read from the pen. */
export function several(count) {
  return `This looks like ${count} characters: give a picture of each, or write them with the pen.`;
}

/**
 * Return an answer for a screen reader, with the kind of each character and without symbols.
 *
 * @param {import("hwr/recognizer.js").Reading} reading
 * @param {Alphabet} outputs All that the network knows.
 */
export function screenReaderText(reading, outputs) {
  const { candidates, alphabet, instead, sure } = reading;
  if (candidates.length === 0) return EMPTY;
  const named = candidates.map(([name, share]) => [spokenName(name, alphabet), share]);
  if (!isOutside(reading)) return ranked(named, sure ? "Probably" : UNSURE);
  const sentence = outsideSentence(instead, alphabet, outputs);
  return `${sentence} ${ranked(named, `${among(alphabet)}, most like`)}`;
}

/** Return a `Word` for a screen reader; `empty` if nothing is written. */
export function wordScreenReaderText({ text, probability, alternatives, sure }, empty) {
  if (empty) return EMPTY;
  if (!text) return "Nothing is read here: this looks like no writing.";
  return ranked([[text, probability], ...alternatives], sure ? "Probably" : UNSURE);
}

/** Return names with their probabilities, the best first, as a sentence without symbols. */
function ranked(candidates, beginning) {
  const [best, ...others] = candidates.map(
    ([name, share]) => `${name}, ${withoutSymbols(formatPercent(share))}`,
  );
  const rest = others.length ? `; else ${others.join(" or ")}` : "";
  return `${beginning} ${best}${rest}.`;
}

function withoutSymbols(text) {
  return text.replace(" %", " percent").replace("<", "under ").replace(">", "over ");
}

/** Return a sentence about the network, as far as its card describes it. */
export function modelSentence(card) {
  const parts = [card.architecture && `${card.architecture} network`];
  if (card.parameters) parts.push(`${card.parameters.toLocaleString("en-GB")} weights`);
  if (card.training_images) {
    parts.push(`learnt from ${card.training_images.toLocaleString("en-GB")} images`);
  }
  if (card.taught) parts.push(`taught ${card.taught}`);
  const text = parts.filter(Boolean).join(", ");
  return `${text ? `The reader: ${text}.` : "The reader is your own network."}${accuracy(card)}`;
}

/** Return a sentence about the network of words; its licence wants its source to be named. */
export function wordsSentence({ parameters, training_words: words }) {
  return (
    `Words are read by a network of ${parameters.toLocaleString("en-GB")} weights, learnt from ` +
    `${words.toLocaleString("en-GB")} words by people (UNIPEN, CC BY 4.0).`
  );
}

/** Return a sentence about the network's accuracy, if it was measured. */
function accuracy({ measured = {}, classes }) {
  const tasks = { 62: "among 62 characters", 47: "among 47", 26: "of letters", 10: "of digits" };
  const right = ["62", "47", "26", "10"]
    .map((size) => [tasks[size], measured[`course test, ${size} classes`]?.top1])
    .filter(([, share]) => share > 0)
    .map(([task, share]) => `${(100 * share).toFixed(1)} % ${task}`);
  if (right.length) return ` Correct on test images that it never saw: ${right.join(", ")}.`;
  const validated = measured[`validation, ${classes?.length} classes`]?.top1;
  return validated ? ` Correct on ${(100 * validated).toFixed(1)} % of its validation images.` : "";
}
