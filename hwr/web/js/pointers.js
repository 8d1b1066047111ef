/**
 * Mouse, finger and pen draw on a pad.
 *
 * One of them draws at a time. A hand that holds a pen lies on the screen too: fingers count for
 * nothing while a pen is near, and what a finger had begun before the pen came is taken back.
 */

/** Milliseconds after a pen was seen in which fingers count as the hand that holds it. */
const NEAR = 500;

/** @param {import("hwr/pad.js").Pad} pad */
export function drawWithPointers(pad) {
  const { canvas } = pad;
  /** The pointer that draws. */
  let active = null;
  let penSeen = -Infinity;

  const at = ({ clientX, clientY }) => {
    const { left, top } = canvas.getBoundingClientRect();
    return [(clientX - left) / pad.scale, (clientY - top) / pad.scale];
  };
  const begin = (event) => {
    const { pointerType: type, pointerId, timeStamp, button } = event;
    if (button !== 0) return;
    if (type === "pen" && active?.type === "touch") {
      active = null;
      pad.discard();
    }
    if (active || (type === "touch" && timeStamp - penSeen < NEAR)) return;
    active = { id: pointerId, type };
    canvas.setPointerCapture(pointerId); // a stroke goes on outside the sheet
    pad.cursor = null;
    pad.begin(at(event));
  };
  const extend = (event) => {
    if (event.pointerId !== active?.id) return;
    // Several places may come in one event: a fast pen is asked more often than a screen is shown.
    const passed = event.getCoalescedEvents?.() ?? [];
    pad.extend((passed.length ? passed : [event]).map(at));
  };
  const end = (event) => {
    if (event.pointerId !== active?.id) return;
    const { type } = active;
    active = null;
    // The system takes a touch away when it finds out that it was a palm.
    if (event.type === "pointercancel" && type === "touch") pad.discard();
    else pad.end();
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
  canvas.addEventListener("contextmenu", (event) => event.preventDefault()); // a long touch
}
