/**
 * The camera: opened when a button is pressed, released when the dialogue closes.
 *
 * Browsers may refuse it to a page that was opened from disk, some always do. A phone's own camera
 * app, or any other program that saves a photograph, still works.
 */
import { characterIn } from "hwr/picture.js";
import { UserError } from "hwr/status_line.js";

const REASONS = {
  NotAllowedError: "The browser does not let this page use the camera",
  NotFoundError: "This computer has no camera",
  NotReadableError: "Another program uses the camera",
};

export class Camera {
  /**
   * @param {HTMLDialogElement} dialog
   * @param {(picture: Promise<import("hwr/character_picture.js").CharacterPicture>) => void}
   *   onPicture
   */
  constructor(dialog, onPicture) {
    this.dialog = dialog;
    this.video = dialog.querySelector("video");
    this.shutter = dialog.querySelector("[data-action=take]");
    this.opening = false;
    this.shutter.addEventListener("click", () => {
      const picture = this.take();
      dialog.close();
      onPicture(picture);
    });
    dialog.querySelector("[data-action=cancel]").addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => this.stop()); // also after Escape
    this.video.addEventListener("loadeddata", () => (this.shutter.disabled = false));
  }

  /** Open the camera, and show its picture; throw a UserError if there is none or it is refused. */
  async open() {
    if (this.opening) return;
    this.opening = true;
    try {
      const video = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 1280 } };
      this.video.srcObject = await navigator.mediaDevices.getUserMedia({ video });
    } catch (error) {
      // A TypeError where the page has no mediaDevices.
      const reason = REASONS[error.name] ?? REASONS.NotAllowedError;
      throw new UserError(`${reason}: take a photograph otherwise, and open it here.`);
    } finally {
      this.opening = false;
    }
    this.shutter.disabled = this.video.readyState < 2;
    this.dialog.showModal();
  }

  /** Find the character in the square that is shown, the middle of the camera's picture. */
  async take() {
    const { videoWidth: width, videoHeight: height } = this.video;
    const side = Math.min(width, height);
    const [left, top] = [Math.floor((width - side) / 2), Math.floor((height - side) / 2)];
    return characterIn(this.video, left, top, side, side);
  }

  /** Release the camera, so that its light goes out. */
  stop() {
    for (const track of this.video.srcObject?.getTracks() ?? []) track.stop();
    this.video.srcObject = null;
  }
}
