/** The page: two ways to read, one network, and what happens when it cannot start. */
import { Character } from "hwr/character.js";
import { takePictures } from "hwr/inputs.js";
import { Heard, Note } from "hwr/notes.js";
import { Recognizer } from "hwr/recognizer.js";
import { model } from "hwr/says.js";
import { WordReader } from "hwr/words.js";
import { Writing } from "hwr/writing.js";

const part = (id) => document.getElementById(id);
const told = { note: new Note(part("note")), heard: new Heard(part("heard")) };
const views = {
  character: new Character(part("character"), told),
  word: new Writing(part("word"), told),
};

/** Starts to read words, once the network is there, until it has been called. */
let words = null;

/** Give the way to read that is chosen. */
const chosen = () => document.querySelector("[name=mode]:checked").value;

/** Show the way to read that is chosen. */
function turn() {
  for (const mode of Object.keys(views)) part(mode).hidden = mode !== chosen();
  told.note.clear();
  if (chosen() === "word" && words) {
    setTimeout(words); // the page is shown first: learning the words takes a moment
    words = null;
  }
}

for (const choice of document.querySelectorAll("[name=mode]")) {
  choice.addEventListener("change", turn);
}
turn(); // a browser may remember what was chosen before the page was loaded again

addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z") {
    event.preventDefault();
    views[chosen()].pad.undo();
  }
});

takePictures((picture) => {
  document.querySelector("[name=mode][value=character]").checked = true;
  turn();
  return views.character.expect(picture);
}, told.note);

/** Start the network. What was drawn before it is ready is read then. */
async function start() {
  const data = JSON.parse(part("data").textContent);
  document.querySelector("[data-shows=model]").textContent = model(data.card);
  const recognizer = await Recognizer.load(data);
  views.character.start(recognizer);
  words = () => views.word.start(new WordReader(recognizer, data.words));
  turn();
}

start().catch((error) => {
  for (const view of Object.values(views)) {
    view.shows("answer").textContent = "The reader cannot start";
  }
  const why =
    typeof WebAssembly === "undefined"
      ? "This browser does not run WebAssembly, with which the network reads"
      : `The network cannot start (${error.message})`;
  told.note.lasting = true;
  told.note.say(`${why}: open the page in a newer Chrome, Edge, Firefox or Safari.`);
});
