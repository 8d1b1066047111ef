/** The page: its two pads, their networks, and what happens if these cannot start. */
import { CharacterPad } from "hwr/character.js";
import { takePictures } from "hwr/inputs.js";
import { Recognizer } from "hwr/recognizer.js";
import { modelSentence, wordsSentence } from "hwr/sentences.js";
import { LiveRegion, StatusLine } from "hwr/status_line.js";
import { WordReader } from "hwr/word_reader.js";
import { WritingPad } from "hwr/writing.js";

const element = (id) => document.getElementById(id);
const data = JSON.parse(element("data").textContent);
const outputs = {
  status: new StatusLine(element("note")),
  spoken: new LiveRegion(element("spoken")),
};
const pads = {
  character: new CharacterPad(element("character"), outputs, data),
  word: new WritingPad(element("word"), outputs),
};

/** Starts the reading of words: set once that of characters is ready, until it has been called. */
let startWords = null;

const mode = () => document.querySelector("[name=mode]:checked").value;

/** Show the pad of the chosen mode. */
function switchMode() {
  for (const name of Object.keys(pads)) element(name).hidden = name !== mode();
  outputs.status.clear();
  if (mode() === "word" && startWords) {
    setTimeout(startWords); // the pad is shown first: starting takes a moment
    startWords = null;
  }
}

for (const choice of document.querySelectorAll("[name=mode]")) {
  choice.addEventListener("change", switchMode);
}
switchMode(); // after a reload the browser may restore an earlier choice

addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z") {
    event.preventDefault();
    pads[mode()].sheet.undo();
  }
});

takePictures((picture) => {
  document.querySelector("[name=mode][value=character]").checked = true;
  switchMode();
  return pads.character.expect(picture);
}, outputs.status);

/** Start the networks. Anything drawn before they are ready is read then. */
async function start() {
  document.querySelector("[data-output=model]").textContent = modelSentence(data.card);
  document.querySelector("[data-output=words]").textContent = wordsSentence(data.words.card);
  const recognizer = await Recognizer.load(data);
  pads.character.start(recognizer);
  startWords = () =>
    WordReader.load(data.words, recognizer).then((reader) => pads.word.start(reader)).catch(fail);
  switchMode();
}

/** Say why nothing can be read. */
function fail(error) {
  for (const pad of Object.values(pads)) {
    pad.output("answer").textContent = "The reader cannot start";
  }
  const reason =
    typeof WebAssembly === "undefined"
      ? "This browser does not run WebAssembly, with which the network reads"
      : `The network cannot start (${error.message})`;
  outputs.status.permanent = true;
  outputs.status.say(`${reason}: open the page in a newer Chrome, Edge, Firefox or Safari.`);
}

start().catch(fail);
