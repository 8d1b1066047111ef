/**
 * Drawing with the keyboard: the arrows move a visible pen, Space puts it down or lifts it.
 *
 * Tab keeps its meaning, so that nobody is trapped on the sheet.
 */

import { clip } from "hwr/ink.js";

/** Steps of the pen in CSS pixels, and with Shift. */
const STEP = 12;
const FINE_STEP = 3;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @param {import("hwr/canvas.js").Sheet} sheet */
export function drawWithKeys(sheet) {
  /** The arrows that are held: two at once move the pen diagonally. */
  const held = new Set();

  const move = (step) => {
    const [width, height] = sheet.size;
    let [x, y] = sheet.cursor ?? [width / 2, height / 2];
    for (const key of held) {
      x += step * ARROWS[key][0];
      y += step * ARROWS[key][1];
    }
    sheet.cursor = [clip(x, 0, width), clip(y, 0, height)];
    if (!sheet.joining) sheet.extend([sheet.cursor]);
    sheet.redraw();
  };
  const toggle = () => {
    if (!sheet.cursor) move(0);
    if (sheet.joining) {
      sheet.setPoint(sheet.cursor, 0);
      return;
    }
    if (sheet.drawing) sheet.end();
    else sheet.begin(sheet.cursor);
    sheet.announce(sheet.drawing ? "Pen down." : "Pen up.");
  };
  const leave = () => {
    held.clear();
    sheet.cursor = null;
    sheet.end();
    sheet.redraw();
  };

  sheet.canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in ARROWS) {
      held.add(event.key);
      move(event.shiftKey ? FINE_STEP : STEP);
    } else if (event.key === " ") {
      if (!event.repeat) toggle();
    } else if (["Delete", "Backspace", "Escape"].includes(event.key)) {
      sheet.clear();
    } else {
      return;
    }
    event.preventDefault(); // the page would scroll
  });
  sheet.canvas.addEventListener("keyup", ({ key }) => held.delete(key));
  sheet.canvas.addEventListener("blur", leave);
}
