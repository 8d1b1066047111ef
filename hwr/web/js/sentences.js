/**
 * What the page says of an answer: `hwr/panels.py` and `hwr/said.py`, for a web page.
 *
 * Everything here turns numbers into text and knows nothing of the page.
 *
 * @typedef {{name: string, classes: string[], members: string[]}} Alphabet
 */

/** What each alphabet holds, for a reader who has heard of none. */
export const HINTS = {
  10: "The digits 0 to 9.",
  26: "The letters A to Z, large or small.",
  47: "Digits and letters; where large and small look alike, as C and c, they count as one.",
  62: "Digits, capitals and small letters, each a character of its own.",
};

/** What a screen reader hears where nothing is drawn. */
export const EMPTY = "The pad is empty.";

/**
 * Give a probability in whole per cent, never claiming certainty: "<1 %", ">99 %".
 *
 * @param {number} share
 * @returns {string}
 */
export function percent(share) {
  if (share >= 0.995) return ">99 %";
  return share >= 0.005 ? `${Math.round(100 * share)} %` : "<1 %";
}

/**
 * Give a class as it is written: "C/c" where a class holds both.
 *
 * @param {string} character
 * @param {Alphabet} alphabet
 * @returns {string}
 */
export function name(character, alphabet) {
  return [...alphabet.members[alphabet.classes.indexOf(character)]].join("/");
}

/**
 * Give a class as it is read aloud, where "g" and "G" would sound the same.
 *
 * @param {string} character
 * @param {Alphabet} alphabet
 * @returns {string}
 */
export function spoken(character, alphabet) {
  const members = alphabet.members[alphabet.classes.indexOf(character)];
  if (members.length > 1) return `letter ${character}`;
  const kind = /\d/.test(character) ? "digit" : /[A-Z]/.test(character) ? "capital" : "small";
  return `${kind} ${character}`;
}

/**
 * Say an answer in a sentence for a screen reader: letters by kind, no symbols.
 *
 * @param {{candidates: [string, number][], sure: boolean}} reading
 * @param {Alphabet} alphabet
 * @returns {string}
 */
export function heard({ candidates, sure }, alphabet) {
  if (candidates.length === 0) return EMPTY;
  const parts = candidates.map(([c, share]) => `${spoken(c, alphabet)}, ${aloud(percent(share))}`);
  const rest = parts.length > 1 ? `; else ${parts.slice(1).join(" or ")}` : "";
  return `${sure ? "Probably " : "Not sure: perhaps "}${parts[0]}${rest}.`;
}

/**
 * Say a word that was read for a screen reader.
 *
 * @param {import("hwr/words.js").Word} word
 * @param {boolean} empty Whether nothing is written.
 * @returns {string}
 */
export function heardWord({ text, probability, alternatives, sure }, empty) {
  if (empty) return EMPTY;
  if (!text) return "Not sure: this looks like no letters.";
  const others = alternatives.map(([other, share]) => `${other}, ${aloud(percent(share))}`);
  const rest = others.length ? `; else ${others.join(" or ")}` : "";
  const first = sure ? "Probably " : "Not sure: perhaps ";
  return `${first}${text}, ${aloud(percent(probability))}${rest}.`;
}

/** Give a percentage without symbols. */
function aloud(text) {
  return text.replace(" %", " percent").replace("<", "under ").replace(">", "over ");
}

/**
 * Say which network reads, as far as its card tells.
 *
 * @param {Object} card A learner's own may hold next to nothing.
 * @returns {string}
 */
export function model(card) {
  const parts = [card.architecture && `${card.architecture} network`];
  if (card.parameters) parts.push(`${card.parameters.toLocaleString("en-GB")} weights`);
  if (card.training_images) {
    parts.push(`learnt from ${card.training_images.toLocaleString("en-GB")} characters`);
  }
  if (card.taught) parts.push(`taught ${card.taught}`);
  const told = parts.filter(Boolean).join(", ");
  return `${told ? `The reader: ${told}.` : "The reader is your own network."}${measured(card)}`;
}

/** Say how well it reads. */
function measured({ measured = {} }) {
  const among = { 62: "among 62 characters", 47: "among 47", 26: "of letters", 10: "of digits" };
  const right = ["62", "47", "26", "10"]
    .map((size) => [among[size], measured[`course test, ${size} classes`]?.top1])
    .filter(([, share]) => share > 0)
    .map(([what, share]) => `${(100 * share).toFixed(1)} % ${what}`);
  if (right.length === 0) return "";
  return ` Of test images that it never saw it reads right: ${right.join(", ")}.`;
}
