/**
 * Answers as text: `hwr/pads/html.py` and `hwr/pads/sentences.py`, for a web page.
 *
 * @typedef {import("hwr/recognizer.js").Alphabet} Alphabet
 */

/** What EMNIST's alphabets are called, and what they contain. */
const EMNIST = {
  10: ["Digits", "The digits 0 to 9."],
  26: ["Letters", "The letters A to Z, large or small."],
  47: [
    "Both",
    "Digits and letters; where large and small look alike, as C and c, they count as one.",
  ],
  62: ["Aa apart", "Digits, capitals and small letters, each a character of its own."],
};
/** Most characters of an alphabet that are named one by one. */
const MAX_NAMED = 10;

/** Return what an alphabet is called in a list, and its number of classes. */
export function label({ name, classes }) {
  return [EMNIST[name]?.[0] ?? "Its own characters", classes.length];
}

/** Return what an alphabet contains, as a sentence. */
export function hint({ name, members }) {
  return EMNIST[name]?.[1] ?? `The characters ${members.join(" ")}.`;
}

/** Return a request for one of an alphabet's characters. */
export function whatToDraw({ members }) {
  const characters = [...members.join("")];
  const digits = characters.some((character) => /[0-9]/.test(character));
  const letters = characters.some((character) => /[A-Za-z]/.test(character));
  if (characters.every((character) => /[0-9A-Za-z]/.test(character))) {
    return `Draw ${[digits && "a digit", letters && "a letter"].filter(Boolean).join(" or ")}`;
  }
  if (characters.length > MAX_NAMED) return "Draw a character";
  return `Draw ${characters.slice(0, -1).join(" ")} or ${characters.at(-1)}`;
}

/** Return why the page reads no words with a network of these classes. */
export function withoutWords({ members }) {
  return (
    `This network knows only ${members.join("")}, so the page reads single characters and no ` +
    "words: words need a network of the letters a to z."
  );
}

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

/** Return that a picture shows several characters, and what to do: words are read from the pen. */
export function several(count) {
  return `This looks like ${count} characters: give a picture of each, or write them with the pen.`;
}

/** Return an answer for a screen reader, with the kind of each character and without symbols. */
export function screenReaderText({ candidates, sure }, alphabet) {
  if (candidates.length === 0) return EMPTY;
  return ranked(candidates.map(([name, share]) => [spokenName(name, alphabet), share]), sure);
}

/** Return a `Word` for a screen reader; `empty` if nothing is written. */
export function wordScreenReaderText({ text, probability, alternatives, sure }, empty) {
  if (empty) return EMPTY;
  if (!text) return "Not sure: this looks like no letters.";
  return ranked([[text, probability], ...alternatives], sure);
}

/** Return names with their probabilities, the best first, as a sentence without symbols. */
function ranked(candidates, sure) {
  const [best, ...others] = candidates.map(
    ([name, share]) => `${name}, ${withoutSymbols(formatPercent(share))}`,
  );
  const rest = others.length ? `; else ${others.join(" or ")}` : "";
  return `${sure ? "Probably" : "Not sure: perhaps"} ${best}${rest}.`;
}

function withoutSymbols(text) {
  return text.replace(" %", " percent").replace("<", "under ").replace(">", "over ");
}

/** Return a sentence about the network, as far as its card describes it. */
export function modelSentence(card) {
  const parts = [card.architecture && `${card.architecture} network`];
  if (card.parameters) parts.push(`${card.parameters.toLocaleString("en-GB")} weights`);
  if (card.training_images) {
    parts.push(`learnt from ${card.training_images.toLocaleString("en-GB")} characters`);
  }
  if (card.taught) parts.push(`taught ${card.taught}`);
  const text = parts.filter(Boolean).join(", ");
  return `${text ? `The reader: ${text}.` : "The reader is your own network."}${accuracy(card)}`;
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
