/**
 * An action that runs soon and on the newest state, but not too often: `hwr/pads/throttle.py`, for
 * a web page. It runs once a frame at most, after the frame's ink is drawn.
 */
export class Throttle {
  /** @param {() => void} action Looks at the state of things when it runs. */
  constructor(action) {
    this.action = action;
    this.frame = 0;
    this.timer = 0;
  }

  /** Run the action after the next frame, unless it is already scheduled. */
  request() {
    if (this.frame || this.timer) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.timer = setTimeout(() => this.flush());
    });
  }

  /** Run the action at once, instead of any scheduled run. */
  flush() {
    this.cancel();
    this.action();
  }

  /** Run the action after a pause in milliseconds, which begins anew with each call. */
  debounce(milliseconds) {
    this.cancel();
    this.timer = setTimeout(() => this.flush(), milliseconds);
  }

  /** Cancel the scheduled run. */
  cancel() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
    this.frame = this.timer = 0;
  }
}
