/**
 * The camera: asked for when a person presses the button, let go when the dialogue closes.
 *
 * A page that was opened from disk may be refused it, by some browsers always. Then a phone's own
 * camera app is the way, or any program that saves a photograph.
 */
import { Refused } from "hwr/notes.js";
import { inkOf } from "hwr/picture.js";

const WHY = {
  NotAllowedError: "The browser does not let this page use the camera",
  NotFoundError: "This computer has no camera",
  NotReadableError: "Another program uses the camera",
};

export class Camera {
  /**
   * @param {HTMLDialogElement} dialog
   * @param {(picture: import("hwr/ink.js").Picture) => void} onPicture
   */
  constructor(dialog, onPicture) {
    this.dialog = dialog;
    this.video = dialog.querySelector("video");
    this.shutter = dialog.querySelector("[data-does=take]");
    this.asking = false;
    this.shutter.addEventListener("click", () => {
      const picture = this.take();
      dialog.close();
      onPicture(picture);
    });
    dialog.querySelector("[data-does=cancel]").addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => this.stop()); // by Escape too
    this.video.addEventListener("loadeddata", () => (this.shutter.disabled = false));
  }

  /**
   * Ask for the camera, and show what it sees.
   *
   * @throws {Refused} If there is none, or the browser does not grant it.
   */
  async open() {
    if (this.asking) return;
    this.asking = true;
    try {
      const wanted = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 1280 } };
      this.video.srcObject = await navigator.mediaDevices.getUserMedia({ video: wanted });
    } catch (error) {
      const why = WHY[error.name] ?? WHY.NotAllowedError; // without mediaDevices it is a TypeError
      throw new Refused(`${why}: take a photograph otherwise, and open it here.`);
    } finally {
      this.asking = false;
    }
    this.shutter.disabled = this.video.readyState < 2;
    this.dialog.showModal();
  }

  /** Find the ink in the square that is shown: the middle of what the camera sees. */
  take() {
    const { videoWidth: width, videoHeight: height } = this.video;
    const side = Math.min(width, height);
    const [left, top] = [Math.floor((width - side) / 2), Math.floor((height - side) / 2)];
    return inkOf(this.video, left, top, side, side);
  }

  /** Let the camera go: its light goes out. */
  stop() {
    for (const track of this.video.srcObject?.getTracks() ?? []) track.stop();
    this.video.srcObject = null;
  }
}
