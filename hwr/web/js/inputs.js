/** Pictures get into the page: as a file, dropped, pasted, or from the camera. */
import { Camera } from "hwr/camera.js";
import { Refused } from "hwr/notes.js";
import { openPicture } from "hwr/picture.js";

/**
 * @param {(picture: Promise<import("hwr/ink.js").Picture>) => Promise<void>} read Reads a picture
 *   of one character.
 * @param {import("hwr/notes.js").Note} note
 */
export function takePictures(read, note) {
  const part = (id) => document.getElementById(id);
  const open = (file) =>
    note.guard(() => {
      note.clear();
      return read(openPicture(file));
    });
  for (const input of [part("file"), part("capture")]) {
    input.addEventListener("change", () => {
      const [file] = input.files;
      input.value = ""; // so that the same file can be chosen again
      if (file) open(file);
    });
  }
  part("open").addEventListener("click", () => part("file").click());

  const camera = new Camera(part("shutter"), (picture) =>
    note.guard(() => read(Promise.resolve(picture))),
  );
  part("camera").addEventListener("click", async () => {
    note.clear();
    try {
      await camera.open();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      note.say(error.message, photograph());
    }
  });

  /** Make the button that leads to a phone's own camera, and elsewhere to a file. */
  function photograph() {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Open a photograph";
    button.addEventListener("click", () => part("capture").click());
    return button;
  }

  const body = document.body;
  addEventListener("dragover", (event) => {
    event.preventDefault(); // the browser would leave the page for the file
    body.classList.toggle("dragging", event.dataTransfer.types.includes("Files"));
  });
  addEventListener("dragleave", ({ relatedTarget }) => {
    if (!relatedTarget) body.classList.remove("dragging");
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    body.classList.remove("dragging");
    const [file] = event.dataTransfer.files;
    if (file) open(file);
  });
  addEventListener("paste", ({ clipboardData }) => {
    const [file] = clipboardData.files;
    if (file) open(file);
  });
}
