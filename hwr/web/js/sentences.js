/**
 * Answers as text: `hwr/pads/html.py` and `hwr/pads/sentences.py`, for a web page.
 *
 * @typedef {{name: string, classes: string[], members: string[]}} Alphabet
 */

/** What each alphabet contains. */
export const HINTS = {
  10: "The digits 0 to 9.",
  26: "The letters A to Z, large or small.",
  47: "Digits and letters; where large and small look alike, as C and c, they count as one.",
  62: "Digits, capitals and small letters, each a character of its own.",
};

/** The text for screen readers if nothing is drawn. */
export const EMPTY = "The pad is empty.";

/** Return a probability in whole per cent, never claiming certainty: "<1 %", ">99 %". */
export function formatPercent(share) {
  if (share >= 0.995) return ">99 %";
  return share >= 0.005 ? `${Math.round(100 * share)} %` : "<1 %";
}

/** Return a class as it is written: "C/c" where it holds both. */
export function className(character, alphabet) {
  return [...alphabet.members[alphabet.classes.indexOf(character)]].join("/");
}

/** Return a class as it is read aloud, where "g" and "G" would sound the same. */
export function spokenName(character, alphabet) {
  const members = alphabet.members[alphabet.classes.indexOf(character)];
  if (members.length > 1) return `letter ${character}`;
  const kind = /\d/.test(character) ? "digit" : /[A-Z]/.test(character) ? "capital" : "small";
  return `${kind} ${character}`;
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
function accuracy({ measured = {} }) {
  const tasks = { 62: "among 62 characters", 47: "among 47", 26: "of letters", 10: "of digits" };
  const right = ["62", "47", "26", "10"]
    .map((size) => [tasks[size], measured[`course test, ${size} classes`]?.top1])
    .filter(([, share]) => share > 0)
    .map(([task, share]) => `${(100 * share).toFixed(1)} % ${task}`);
  return right.length ? ` Correct on test images that it never saw: ${right.join(", ")}.` : "";
}
