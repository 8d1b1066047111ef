"""The long runs of notebook 04: every network of the five systems, trained on the course set.

    python benchmarks/curves.py [--only NAME]

Each system's own recipe as far as its authors state it: epochs, batch size, the optimiser Adam.
Where they state none, or where a run would take more than about ten minutes on two cores,
``remark`` says what was chosen. All learn from the same images, in 62 classes, so that their
results compare with each other, and with no published figure.

A run that is stopped goes on from its last epoch. Results go to ``hwr/artefacts/curves``, one
small file a network; checkpoints stay in ``runs/curves``.
"""

import argparse
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hwr import dataset, metrics, models, training
from hwr.alphabets import BYCLASS, BYMERGE
from hwr.dataset import Splits
from hwr.datasets import emnist
from hwr.recognizer import softmax
from hwr.training import Recipe, Trained

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "hwr" / "artefacts" / "curves"
CHECKPOINTS = ROOT / "runs" / "curves"

RUNS = {
    "mlp": (
        Recipe("mlp", epochs=60, batch_size=200, patience=5),
        "System D. Early stopping as there; batch size not stated: 200.",
    ),
    "deep_mlp": (
        Recipe("deep_mlp", epochs=10, batch_size=32),
        "System E, its variant without convolution.",
    ),
    "lenet": (
        Recipe("lenet", epochs=10, batch_size=32),
        "System E.",
    ),
    "compact_cnn": (
        Recipe("compact_cnn", epochs=20, batch_size=64, patience=4),
        "System C. Dropout and early stopping as there; epochs and batch size not stated: "
        "at most 20, and 64.",
    ),
    "wide_cnn": (
        Recipe("wide_cnn", epochs=5, batch_size=128),
        "System B. Cut to 5 of its 10 epochs, which take too long here; batch size not stated: "
        "128.",
    ),
    "cnn": (
        Recipe("cnn", epochs=20, batch_size=128),
        "System A, without its augmentation; batch size not stated: 128.",
    ),
}


def write(path: Path, text: str) -> None:
    """Write a file beside and rename it."""
    beside = path.with_name("unfinished-" + path.name)
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)


def test_accuracy(trained: Trained, course: Splits) -> dict[str, float]:
    """Measure the best epoch on the test images, in 62 classes and in 47."""
    images = dataset.as_input(course.test.images)
    probabilities = softmax(trained.model.predict(images, 500, verbose=0))
    return {
        alphabet.name: round(
            metrics.top_k_accuracy(
                course.test.in_alphabet(alphabet).labels, alphabet.fold(probabilities), 1
            ),
            5,
        )
        for alphabet in (BYCLASS, BYMERGE)
    }


def run(name: str, course: Splits) -> dict[str, Any]:
    """Train one network, or go on with it, and give its results."""
    recipe, remark = RUNS[name]
    trained = training.fit(
        recipe, course.train, course.validation, CHECKPOINTS / name, training.print_epoch
    )
    return {
        "name": name,
        "about": models.ARCHITECTURES[name].about,
        "remark": remark,
        "command": f"python benchmarks/curves.py --only {name}",
        "data": {
            "set": f"course set, seed {dataset.SPLIT_SEED}",
            "source": course.train.source,
            "classes": len(course.train.alphabet),
            "training_images": len(course.train),
            "validation_images": len(course.validation),
            "test_images": len(course.test),
        },
        "recipe": asdict(recipe),
        "parameters": trained.model.count_params(),
        "cpu_seconds": round(sum(row["cpu_seconds"] for row in trained.history), 1),
        "wall_seconds": round(sum(row["seconds"] for row in trained.history), 1),
        "best_epoch": trained.best["epoch"],
        "validation_accuracy": round(trained.best["val_accuracy"], 5),
        "test_accuracy": test_accuracy(trained, course),
        "history": [
            {key: round(value, 5) for key, value in row.items()} for row in trained.history
        ],
    }


def main() -> None:
    """Run what was asked for, one network after another."""
    parser = argparse.ArgumentParser(description="The long runs of notebook 04.")
    parser.add_argument("--only", choices=RUNS, help="one network; by default all, in turn")
    only = parser.parse_args().only
    course = emnist.course(BYCLASS)
    RESULTS.mkdir(parents=True, exist_ok=True)
    for name in [only] if only else RUNS:
        print(name, flush=True)
        result = run(name, course)
        write(RESULTS / f"{name}.json", json.dumps(result, indent=1) + "\n")
        print(f"  course test: {result['test_accuracy']}", flush=True)


if __name__ == "__main__":
    main()
