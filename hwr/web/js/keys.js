/**
 * The keyboard draws on a pad: arrows move a pen that is seen, Space puts it down and lifts it.
 *
 * Tab is left alone, so that nobody is caught here.
 */

/** CSS pixels that the pen moves at a time; with Shift, a small step. */
const STEP = 12;
const SMALL = 3;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @param {import("hwr/pad.js").Pad} pad
 * @param {(sentence: string) => void} tell Says what a screen cannot show to everyone.
 */
export function drawWithKeys(pad, tell) {
  /** Arrows that are held: two at once move the pen aslant. */
  const held = new Set();

  const move = (step) => {
    const [width, height] = pad.size;
    const within = (value, most) => Math.min(Math.max(value, 0), most);
    let [x, y] = pad.cursor ?? [width / 2, height / 2];
    for (const key of held) {
      x += step * ARROWS[key][0];
      y += step * ARROWS[key][1];
    }
    pad.cursor = [within(x, width), within(y, height)];
    pad.extend([pad.cursor]);
    pad.paint();
  };
  const toggle = () => {
    if (!pad.cursor) move(0);
    if (pad.drawing) pad.end();
    else pad.begin(pad.cursor);
    tell(pad.drawing ? "Pen down." : "Pen up.");
  };
  const rest = () => {
    held.clear();
    pad.cursor = null;
    pad.end();
    pad.paint();
  };

  pad.canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in ARROWS) {
      held.add(event.key);
      move(event.shiftKey ? SMALL : STEP);
    } else if (event.key === " ") {
      if (!event.repeat) toggle();
    } else if (["Delete", "Backspace", "Escape"].includes(event.key)) {
      pad.clear();
    } else {
      return;
    }
    event.preventDefault(); // the page would scroll
  });
  pad.canvas.addEventListener("keyup", ({ key }) => held.delete(key));
  pad.canvas.addEventListener("blur", rest);
}
