/** How a pad is shown: the line and the hint, ink or a picture, and boxes around letters. */

/** @typedef {import("hwr/pad.js").Pad} Pad */

/** Dashes of a box in doubt, for who does not tell colours apart; as in `hwr/marks.py`. */
const DASH = [4, 3];

/**
 * Draw a pad anew, in the colours that the page's style gives it.
 *
 * @param {Pad} pad
 */
export function draw(pad) {
  const { canvas, scale } = pad;
  const pen = canvas.getContext("2d");
  const style = getComputedStyle(canvas);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const density = canvas.width / canvas.clientWidth;
  pen.setTransform(density, 0, 0, density, 0, 0);
  pen.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
  if (pad.picture) drawPicture(pen, pad, colour("ink"));
  if (pad.rule) drawRule(pen, pad, colour("rule"));
  if (pad.empty && !pad.cursor) drawHint(pen, pad, colour("hint"), style.fontFamily);
  pen.scale(scale, scale); // from here on in the unit of the strokes
  drawMarks(pen, pad, colour(pad.sure ? "sure" : "unsure"));
  drawInk(pen, pad, colour("ink"));
  if (pad.cursor) drawCursor(pen, pad, colour("sure"));
}

/** Lay the picture in the middle; its mask lets the colour of ink through. */
function drawPicture(pen, { picture, canvas }, ink) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const factor = (0.8 * Math.min(width, height)) / Math.max(picture.width, picture.height);
  const [across, down] = [factor * picture.width, factor * picture.height];
  pen.drawImage(picture, (width - across) / 2, (height - down) / 2, across, down);
  pen.globalCompositeOperation = "source-in";
  pen.fillStyle = ink;
  pen.fillRect(0, 0, width, height);
  pen.globalCompositeOperation = "source-over";
}

/** Draw the line to write on. */
function drawRule(pen, { rule, canvas }, colour) {
  const { clientWidth: width, clientHeight: height } = canvas;
  pen.fillStyle = colour;
  pen.fillRect(0.04 * width, Math.round(rule * height), 0.92 * width, 1);
}

/** Say what an empty sheet is for. */
function drawHint(pen, { hint, canvas }, colour, font) {
  const { clientWidth: width, clientHeight: height } = canvas;
  pen.fillStyle = colour;
  pen.font = `16px ${font}`;
  pen.textAlign = "center";
  pen.fillText(hint, width / 2, 0.46 * height, 0.94 * width);
}

function drawInk(pen, { strokes, line }, ink) {
  pen.strokeStyle = ink;
  pen.lineWidth = line;
  pen.lineCap = pen.lineJoin = "round";
  for (const [[x, y], ...others] of strokes) {
    pen.beginPath();
    pen.moveTo(x, y);
    if (others.length === 0) pen.lineTo(x, y); // a dot
    for (const point of others) pen.lineTo(...point);
    pen.stroke();
  }
}

/** Draw a box around each letter, and above it what it was read as. */
function drawMarks(pen, { marks, sure, line }, colour) {
  pen.strokeStyle = pen.fillStyle = colour;
  pen.lineWidth = 1.5;
  pen.font = "18px ui-monospace, Menlo, Consolas, monospace";
  pen.textAlign = "center";
  pen.setLineDash(sure ? [] : DASH);
  const margin = line / 2 + 2;
  for (const { left, top, right, bottom, label } of marks) {
    const [width, height] = [right - left + 2 * margin, bottom - top + 2 * margin];
    pen.strokeRect(left - margin, top - margin, width, height);
    pen.fillText(label, (left + right) / 2, Math.max(top - margin - 5, 15));
  }
  pen.setLineDash([]);
}

/** Draw the keyboard's pen: a ring, filled while it is down. */
function drawCursor(pen, { cursor, line, drawing }, colour) {
  pen.beginPath();
  pen.arc(...cursor, Math.max(line / 2, 6), 0, 2 * Math.PI);
  pen.lineWidth = 3;
  pen.strokeStyle = pen.fillStyle = colour;
  pen.stroke();
  if (drawing) pen.fill();
}
