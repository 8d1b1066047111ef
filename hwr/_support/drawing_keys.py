"""How to draw without a mouse, said in the same words beside every sheet."""

DRAWING_KEYS = (
    "With the keyboard: the arrows move the pen (with Shift, in small steps), Space puts it down "
    "and lifts it, Delete clears, Ctrl or Cmd with Z undoes. With Join points, each tap or Space "
    "sets a point and draws a line to it from the one before; on the last point once more, it "
    "lifts the pen."
)
