/** The ways for pictures into the page: a file, dropped, pasted, or from the camera. */
import { Camera } from "hwr/camera.js";
import { openPicture } from "hwr/picture.js";
import { UserError, makeButton } from "hwr/status_line.js";

/**
 * @param {(picture: Promise<import("hwr/character_picture.js").CharacterPicture>) =>
 *   Promise<void>} read Reads a picture of one character.
 * @param {import("hwr/status_line.js").StatusLine} status
 */
export function takePictures(read, status) {
  const element = (id) => document.getElementById(id);
  const open = (file) => {
    if (!file) return;
    status.guard(() => {
      status.clear();
      return read(openPicture(file));
    });
  };
  for (const input of [element("file"), element("capture")]) {
    input.addEventListener("change", () => {
      const [file] = input.files;
      input.value = ""; // so that the same file can be chosen again
      open(file);
    });
  }
  element("open").addEventListener("click", () => element("file").click());

  const camera = new Camera(element("shutter"), (picture) => status.guard(() => read(picture)));
  element("camera").addEventListener("click", async () => {
    status.clear();
    try {
      await camera.open();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // This opens a phone's own camera, elsewhere a file.
      status.say(error.message, makeButton("Open a photograph", () => element("capture").click()));
    }
  });

  const body = document.body;
  addEventListener("dragover", (event) => {
    event.preventDefault(); // the browser would open the file instead of the page
    body.classList.toggle("dragging", event.dataTransfer.types.includes("Files"));
  });
  addEventListener("dragleave", ({ relatedTarget }) => {
    if (!relatedTarget) body.classList.remove("dragging");
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    body.classList.remove("dragging");
    open(event.dataTransfer.files[0]);
  });
  addEventListener("paste", ({ clipboardData }) => open(clipboardData.files[0]));
}
