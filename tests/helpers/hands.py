"""What the tests of the pads share: a recogniser without a network, and a hand that draws."""

from io import BytesIO

import ipycanvas
import numpy as np
from PIL import Image, ImageDraw

from hwr.datasets import synthetic
from hwr.datasets.synthetic import Writer, compose_word
from hwr.pads import html
from hwr.recognizer import Recognizer


class Nearest:
    """Stands in for a network: classifies by the nearest of some made-up characters."""

    weights = b""

    def __init__(self, each=8):
        images, self.labels = synthetic.draw_images(62 * each, seed=5)
        self.known = images.reshape(-1, 28 * 28) / np.float32(255)
        self.asked = 0

    def logits(self, images):
        self.asked += 1
        points = images.reshape(-1, 28 * 28) / np.float32(255)
        away = np.linalg.norm(points[:, None] - self.known, axis=2)
        nearest = [away[:, self.labels == label].min(axis=1) for label in range(62)]
        return -2 * np.stack(nearest, axis=1).astype(np.float32)


def nearest_recognizer(each=8):
    """Return a recogniser that reads with :class:`Nearest`."""
    card = {"temperature": 1, "threshold": 0.5, "class_frequencies": [1 / 62] * 62}
    return Recognizer(Nearest(each), card)


class Hand:
    """Drives a pad as a browser does."""

    def __init__(self, pad):
        self.canvas = pad.sheet.canvas[-1]

    def send(self, event, **content):
        send(self.canvas, event=event, **content)

    def mouse(self, event, point):
        self.send(f"mouse_{event}", x=float(point[0]), y=float(point[1]))

    def touch(self, event, *points):
        touches = [{"x": float(x), "y": float(y)} for x, y in points]
        self.send(f"touch_{event}", touches=touches)

    def key(self, key, shift=False, ctrl=False):
        self.send("key_down", key=key, shift_key=shift, ctrl_key=ctrl, meta_key=False)

    def draw(self, *strokes):
        for first, *others in strokes:
            self.mouse("down", first)
            for point in others:
                self.mouse("move", point)
            self.mouse("up", (others or [first])[-1])


def send(widget, **content):
    """Send a widget what the page sends it."""
    message = {"content": {"data": {"method": "custom", "content": content}}, "buffers": []}
    widget.comm.handle_msg(message)


def spied(method, commands):
    def spy(canvas, *arguments):
        commands.append((canvas, method.__name__))
        return method(canvas, *arguments)

    return spy


def watch(monkeypatch):
    """Return a list of what is drawn on canvases from now on: (canvas, what), in order."""
    commands = []
    names = ("fill_rect", "fill_circle", "stroke_circle", "stroke_line", "stroke_lines")
    for name in (*names, "stroke_rect", "fill_text", "clear"):
        method = getattr(ipycanvas.Canvas, name)
        monkeypatch.setattr(ipycanvas.Canvas, name, spied(method, commands))
    return commands


def note(widget):
    """Return what a pad or an interactive figure says of an error."""
    return html.strip_tags(widget.status.value)


def classes(widget):
    """Return a widget's CSS classes."""
    return widget.get_state()["_dom_classes"]


def mime_bundle(widget):
    """Return what a notebook stores of a widget: data and metadata by MIME type."""
    return widget._repr_mimebundle_()


JOINED = {
    "7": [[(-5, -7), (5, -7), (-2, 7)]],
    "A": [[(-6, 7), (0, -8), (6, 7)], [(-3, 1), (3, 1)]],
}
"""Characters of a few points, in steps of the keyboard's pen from the middle of a sheet."""


def keys_that_join(strokes):
    """Return the keys that set these points, from the middle of the sheet, and lift the pen."""
    keys, (x, y) = [], (0, 0)
    for stroke in strokes:
        for right, down in stroke:
            keys += abs(right - x) * ["ArrowRight" if right > x else "ArrowLeft"]
            keys += [*(abs(down - y) * ["ArrowDown" if down > y else "ArrowUp"]), " "]
            x, y = right, down
        keys.append(" ")
    return keys


def in_ink(text, seed=21):
    """Return a word as a made-up writer writes it; line y = 0, capitals 1.75 high."""
    writer, rng = Writer(seed), np.random.default_rng(seed)
    return compose_word(text, lambda character: writer.draw(character, rng), 1.75, rng)


def strokes_of(text, at=(200, 300), scale=90, seed=21):
    """Return a word's strokes as lists of points on a sheet, from a place on its line."""
    ink = in_ink(text, seed)
    left = np.array([ink.bounds()[0][0], 0])
    return [((stroke - left) * scale + np.array(at)).tolist() for stroke in ink.strokes]


def picture(*strokes, size=(1100, 500), width=8):
    """Draw strokes on bright paper: the content of a PNG file."""
    sheet = Image.new("L", size, 230)
    draw = ImageDraw.Draw(sheet)
    for stroke in strokes:
        points = [tuple(point) for point in stroke]
        draw.line(points, fill=40, width=width, joint="curve")
        for x, y in points:
            draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=40)
    file = BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()
