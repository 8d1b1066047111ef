"""Measure what people's drawings bring, against made-up ones: the figure of lesson 03.

    python -m benchmarks.writers [--pens FOLDER]

Trains the same network on the same scans: alone; with made-up drawings; and with as many drawings
by 5, 20, 80 and all writers of UNIPEN (FOLDER, by default ``$HWR_PENS``). Each is measured on the
drawings of two providers that nobody trains on, every writer counting as much, and on scans of the
course's validation part. Writes ``hwr/artefacts/writers.json``. Takes 20 minutes; what is
trained is kept in ``runs/writers``.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import pens as measure
from hwr import training
from hwr._support.atomic_write import write_text
from hwr._support.keras import keras
from hwr._support.paths import ARTEFACTS, ROOT
from hwr._support.progress import print_epoch
from hwr.alphabets import BYMERGE, CHARACTERS, NONE, from_classes
from hwr.cli import material, pens, pool
from hwr.cli import train as ours
from hwr.dataset import Dataset, as_input
from hwr.datasets import synthetic, unipen
from hwr.recognizer import softmax

SCANS, EACH = 20_000, 100
"""Scans to train on, and drawings of each character beside them."""
WRITERS = (5, 20, 80, None)
RECIPE = replace(ours.RECIPE, architecture="resnet", epochs=6, batch_size=128, learning_rate=2e-3)
OUTPUTS = from_classes(CHARACTERS + NONE)
OUT = ARTEFACTS / "writers.json"


def drawings(samples: list[unipen.PenSample], writers: int | None) -> Dataset:
    """Return drawings of all characters by some writers, the same number in every case."""
    rng = np.random.default_rng(SCANS)
    names = rng.permutation(sorted({sample.writer for sample in samples}))[:writers]
    chosen = [s for s in samples if s.writer in set(names.tolist()) and s.label in CHARACTERS]
    drawn = pens.of_each_character(chosen, rng, EACH)
    return replace(drawn, alphabet=OUTPUTS)  # without marks, the labels are the same


def train(name: str, scans: pool.Pool, drawn: Dataset) -> keras.Model:
    """Train the network on scans and drawings, or resume its training."""
    chosen = np.random.default_rng(0).permutation(len(scans.train))[:SCANS]
    some = scans.train.take(chosen)
    spoilt = pens.spoilt_scans(some.images, SCANS // 20)
    both, frequencies = material.combine(some, spoilt, drawn)
    validation = replace(scans.validation, alphabet=OUTPUTS)
    trained = training.fit(
        RECIPE,
        both,
        validation,
        frequencies=frequencies,
        folder=ROOT / "runs" / "writers" / name,
        on_epoch=print_epoch,
    )
    if trained.interrupted:
        raise KeyboardInterrupt
    return trained.model


def figures(network: keras.Model, people: measure.Drawn, scans: Dataset) -> dict[str, float]:
    """Return the accuracy in 47 classes on people's drawings and on scans."""

    def answers(images: Any, frequencies: Any) -> Any:
        logits = network.predict(as_input(images), batch_size=500, verbose=0)[:, :62]
        return BYMERGE.fold(softmax(logits + np.log(frequencies))).argmax(axis=1)

    drawn = np.array([BYMERGE.index(label) for label in people.labels])
    right = answers(people.images, np.ones(62)) == drawn
    scanned = answers(scans.images, scans.class_frequencies()) == scans.in_alphabet(BYMERGE).labels
    return {"drawings": float(people.weights() @ right), "scans": float(scanned.mean())}


def main() -> None:
    """Train, measure and write."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--pens", type=Path, metavar="FOLDER", default=unipen.named_pens())
    folder = options.parse_args().pens
    if folder is None:
        options.error("say where UNIPEN is: --pens FOLDER, or the variable HWR_PENS")
    known = [sample for sample in unipen.load(folder) if not sample.validates]
    people, scans = measure.to_validate(folder).of(CHARACTERS), pool.load()
    made_up = replace(synthetic.dataset(62 * EACH, material.MADE_UP_SEED), alphabet=OUTPUTS)
    sets = {"scans alone": made_up.take(np.arange(0)), "made-up": made_up}
    for writers in WRITERS:
        sets[f"{writers} writers" if writers else "all writers"] = drawings(known, writers)
    results = []
    for name, drawn in sets.items():
        network = train(name.replace(" ", "-"), scans, drawn)
        found = {
            name: round(value, 4)
            for name, value in figures(network, people, scans.validation).items()
        }
        results.append({"trained on": name, "n": len(drawn), **found})
        print(results[-1])
    content = {
        "command": "python -m benchmarks.writers",
        "scans": SCANS,
        "measured on": {"drawings": len(people.labels), "scans": len(scans.validation)},
        "data": unipen.ATTRIBUTION,
        "results": results,
    }
    write_text(OUT, json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
