/**
 * Something to be done soon, about the newest state of things, but not too often: `hwr/newest.py`.
 *
 * The pen comes first. What is asked for in a frame is done after that frame's ink is on its way
 * to the screen, once, and never late: the action looks at the state of things when it runs.
 */
export class Newest {
  /** @param {() => void} action What to do. */
  constructor(action) {
    this.action = action;
    this.frame = 0;
    this.timer = 0;
  }

  /** Run the action after the next frame, unless it already waits to be run. */
  ask() {
    if (this.frame || this.timer) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.timer = setTimeout(() => this.now());
    });
  }

  /** Run the action at once, instead of the one that waits. */
  now() {
    this.stop();
    this.action();
  }

  /**
   * Run the action after a pause, counted anew each time that this is asked for.
   *
   * @param {number} milliseconds
   */
  later(milliseconds) {
    this.stop();
    this.timer = setTimeout(() => this.now(), milliseconds);
  }

  /** Do not run the action that waits. */
  stop() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
    this.frame = this.timer = 0;
  }
}
