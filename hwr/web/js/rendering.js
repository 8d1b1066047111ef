/** Draws a sheet: line and hint, ink or a picture, and boxes around letters. */

/** Dashes of a box in doubt, for those who cannot tell the colours apart. */
const DASH = [4, 3];

/** Draw a `Sheet` in the colours of the page's style. */
export function drawSheet(sheet) {
  const { canvas, scale } = sheet;
  const context = canvas.getContext("2d");
  const style = getComputedStyle(canvas);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const density = canvas.width / canvas.clientWidth;
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
  if (sheet.picture) drawPicture(context, sheet, colour("ink"));
  if (sheet.rule) drawRule(context, sheet, colour("rule"));
  if (sheet.empty && !sheet.cursor) drawHint(context, sheet, colour("hint"), style.fontFamily);
  context.scale(scale, scale); // from here on in the unit of the strokes
  drawBoxes(context, sheet, colour(sheet.sure ? "sure" : "unsure"));
  drawInk(context, sheet, colour("ink"));
  if (sheet.cursor || sheet.joining) drawPen(context, sheet, colour("sure"));
}

/** Draw the picture in the middle: its mask, filled with the colour of ink. */
function drawPicture(context, { picture, canvas }, ink) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const factor = (0.8 * Math.min(width, height)) / Math.max(picture.width, picture.height);
  const [across, down] = [factor * picture.width, factor * picture.height];
  context.drawImage(picture, (width - across) / 2, (height - down) / 2, across, down);
  context.globalCompositeOperation = "source-in";
  context.fillStyle = ink;
  context.fillRect(0, 0, width, height);
  context.globalCompositeOperation = "source-over";
}

/** Draw the line to write on. */
function drawRule(context, { rule, canvas }, colour) {
  const { clientWidth: width, clientHeight: height } = canvas;
  context.fillStyle = colour;
  context.fillRect(0.04 * width, Math.round(rule * height), 0.92 * width, 1);
}

/** Write what the empty sheet is for. */
function drawHint(context, { hint, canvas }, colour, font) {
  const { clientWidth: width, clientHeight: height } = canvas;
  context.fillStyle = colour;
  context.font = `16px ${font}`;
  context.textAlign = "center";
  context.fillText(hint, width / 2, 0.46 * height, 0.94 * width);
}

function drawInk(context, { strokes, penWidth }, ink) {
  context.strokeStyle = ink;
  context.lineWidth = penWidth;
  context.lineCap = context.lineJoin = "round";
  for (const [[x, y], ...others] of strokes) {
    context.beginPath();
    context.moveTo(x, y);
    if (others.length === 0) context.lineTo(x, y); // a dot
    for (const point of others) context.lineTo(...point);
    context.stroke();
  }
}

/** Draw a box around each letter, with its label above. */
function drawBoxes(context, { boxes, sure, penWidth }, colour) {
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = 1.5;
  context.font = "18px ui-monospace, Menlo, Consolas, monospace";
  context.textAlign = "center";
  context.setLineDash(sure ? [] : DASH);
  const margin = penWidth / 2 + 2;
  for (const { left, top, right, bottom, label } of boxes) {
    const [width, height] = [right - left + 2 * margin, bottom - top + 2 * margin];
    context.strokeRect(left - margin, top - margin, width, height);
    context.fillText(label, (left + right) / 2, Math.max(top - margin - 5, 15));
  }
  context.setLineDash([]);
}

/** Draw the keyboard's pen, a ring, and where the line ends that it draws, a disc. */
function drawPen(context, { cursor, tip, penWidth, drawing }, colour) {
  context.lineWidth = 3;
  context.strokeStyle = context.fillStyle = colour;
  for (const [place, paint] of [[cursor, "stroke"], [drawing && tip, "fill"]]) {
    if (!place) continue;
    context.beginPath();
    context.arc(...place, Math.max(penWidth / 2, 6), 0, 2 * Math.PI);
    context[paint]();
  }
}
