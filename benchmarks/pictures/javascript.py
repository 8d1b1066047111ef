"""Measure how much the web page's door for pictures differs from Python's.

    python -m benchmarks.pictures.javascript [--each N] [--seed N]

Pictures of made-up characters, of every kind of ``benchmarks.pictures.kinds``, go through both as
the same greys. Printed are, for each kind, the largest difference of the 28x28 images in grey
levels, the number of pictures of which another number of characters is counted, and the mean time
in Node.
"""

import argparse
import base64
from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.pictures import kinds
from benchmarks.pictures.kinds import KINDS
from hwr.alphabets import CHARACTERS
from hwr.datasets import synthetic
from hwr.images.character import find_character
from hwr.ink import convert
from hwr.web.node import run_js

Grey = NDArray[np.uint8]

READ = """
const { findCharacter } = await import("hwr/character_picture.js");
const { convertPicture } = await import("hwr/picture.js");
return greys.map(([height, width, text]) => {
  const pixels = Uint8ClampedArray.from(atob(text), (letter) => letter.charCodeAt(0));
  const begun = performance.now();
  const { picture, count } = findCharacter({ height, width, pixels });
  return [convertPicture(picture), count, performance.now() - begun];
});
"""


class Found(NamedTuple):
    """What one side makes of a picture: the image that a network reads, and how many characters."""

    image: Grey
    count: int
    milliseconds: float = 0.0


def in_python(grey: Grey) -> Found:
    """Return what Python finds in a picture in grey."""
    found = find_character(grey)
    return Found(convert(found.picture), found.count)


def in_node(greys: Sequence[Grey]) -> list[Found]:
    """Return what the page's JavaScript finds in pictures in grey."""
    sent = [(*grey.shape, base64.b64encode(grey.tobytes()).decode("ascii")) for grey in greys]
    return [
        Found(np.array(image, np.uint8).reshape(28, 28), count, milliseconds)
        for image, count, milliseconds in run_js(READ, greys=sent)
    ]


def draw(kind: str, number: int, seed: int, longest: float = 1500) -> Grey:
    """Return a made-up character in a picture of a kind, in grey: 60 to ``longest`` pixels wide."""
    rng = np.random.default_rng([seed, list(KINDS).index(kind), number])
    side = float(np.exp(rng.uniform(np.log(60), np.log(longest))))
    ink = synthetic.draw(CHARACTERS[rng.integers(len(CHARACTERS))], rng)
    file = KINDS[kind](kinds.on_sheet(ink, rng, 28 if kind.startswith("28") else side), rng)
    return np.array(Image.open(BytesIO(file)).convert("L"))


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(
        "benchmarks.pictures.javascript", description=__doc__.split("\n")[0]
    )
    options.add_argument("--each", type=int, default=20, help="pictures of each kind")
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    print(f"{'kind':24} pictures  grey levels  other count  milliseconds")
    for kind in KINDS:
        greys = [draw(kind, number, asked.seed) for number in range(asked.each)]
        # A few at a time: Node is stopped after a minute.
        found = [one for i in range(0, len(greys), 10) for one in in_node(greys[i : i + 10])]
        pairs = list(zip(map(in_python, greys), found, strict=True))
        apart = max(int(np.abs(ours.image.astype(int) - page.image).max()) for ours, page in pairs)
        counts = sum(ours.count != page.count for ours, page in pairs)
        taken = np.mean([page.milliseconds for _, page in pairs])
        print(f"{kind:24} {len(pairs):8} {apart:12} {counts:12} {taken:13.0f}", flush=True)


if __name__ == "__main__":
    main()
