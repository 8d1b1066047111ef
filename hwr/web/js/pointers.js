/**
 * Drawing with a mouse, a finger or a pen.
 *
 * Only one of them draws at a time. The hand that holds a pen also touches the screen: while a pen
 * is near, fingers are ignored, and a stroke that a finger began just before is discarded.
 */

/** Distance in CSS pixels at which a tap counts as one on the last point. */
const REACH = 16;
/** Milliseconds after an event of the pen during which fingers are ignored. */
const PEN_NEARBY = 500;

/** @param {import("hwr/canvas.js").Sheet} sheet */
export function drawWithPointers(sheet) {
  const { canvas } = sheet;
  /** The pointer that draws. */
  let active = null;
  let penSeen = -Infinity;

  const at = ({ clientX, clientY }) => {
    const { left, top } = canvas.getBoundingClientRect();
    return [(clientX - left) / sheet.scale, (clientY - top) / sheet.scale];
  };
  const begin = (event) => {
    const { pointerType: type, pointerId, timeStamp, button } = event;
    if (button !== 0) return;
    if (type === "pen" && active?.type === "touch") {
      active = null;
      sheet.discard();
    }
    if (active || (type === "touch" && timeStamp - penSeen < PEN_NEARBY)) return;
    if (sheet.joining) {
      sheet.cursor = null;
      sheet.setPoint(at(event), REACH / sheet.scale);
      return;
    }
    active = { id: pointerId, type };
    canvas.setPointerCapture(pointerId); // a stroke goes on outside the sheet
    sheet.cursor = null;
    sheet.begin(at(event));
  };
  const extend = (event) => {
    if (event.pointerId !== active?.id) return;
    // One event may hold several points: pens are sampled more often than the screen is drawn.
    const points = event.getCoalescedEvents?.() ?? [];
    sheet.extend((points.length ? points : [event]).map(at));
  };
  const end = (event) => {
    if (event.pointerId !== active?.id) return;
    const { type } = active;
    active = null;
    // The system cancels a touch when it recognises a palm.
    if (event.type === "pointercancel" && type === "touch") sheet.discard();
    else sheet.end();
  };

  canvas.addEventListener("pointerdown", begin);
  canvas.addEventListener("pointermove", extend);
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
    canvas.addEventListener(name, end);
  }
  for (const name of ["pointerdown", "pointermove", "pointerup"]) {
    canvas.addEventListener(name, ({ pointerType, timeStamp }) => {
      if (pointerType === "pen") penSeen = timeStamp;
    });
  }
  canvas.addEventListener("contextmenu", (event) => event.preventDefault()); // from a long touch
}
