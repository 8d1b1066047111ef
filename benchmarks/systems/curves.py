"""The long runs of lesson 10: every network of the five systems, trained on the course set.

    python -m benchmarks.systems.curves [--only NAME]

Each system has its own recipe as far as its authors state it: epochs, batch size and the optimiser
Adam. Where they do not, or where a run would take more than about ten minutes on two cores,
``remark`` says what was chosen. All are trained on the same images in 62 classes. Their results can
therefore be compared with each other, but not with published figures.

An interrupted run resumes from its last epoch. Results go to ``hwr/artefacts/curves``, one small
file per network; checkpoints are in ``runs/curves``.
"""

import argparse
import json
from dataclasses import asdict
from typing import Any

from hwr import dataset, metrics, models, training
from hwr._support.atomic_write import write_text
from hwr._support.paths import ARTEFACTS, ROOT
from hwr._support.progress import print_epoch
from hwr.alphabets import BYCLASS, BYMERGE
from hwr.dataset import Splits
from hwr.datasets import emnist
from hwr.recognizer import softmax
from hwr.training import Recipe, Trained

RESULTS = ARTEFACTS / "curves"
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
    "lenet": (Recipe("lenet", epochs=10, batch_size=32), "System E."),
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


def test_accuracy(trained: Trained, course: Splits) -> dict[str, float]:
    """Return the best epoch's accuracy on the test images, in 62 classes and in 47."""
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
    """Train one network, or resume its training; return its results."""
    recipe, remark = RUNS[name]
    kept = CHECKPOINTS / name
    trained = training.fit(
        recipe, course.train, course.validation, folder=kept, on_epoch=print_epoch
    )
    if trained.interrupted:
        raise KeyboardInterrupt
    return {
        "name": name,
        "about": models.ARCHITECTURES[name].about,
        "remark": remark,
        "command": f"python -m benchmarks.systems.curves --only {name}",
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
    """Train the chosen networks, one after another."""
    parser = argparse.ArgumentParser(description="The long runs of lesson 10.")
    parser.add_argument("--only", choices=RUNS, help="one network; by default all")
    only = parser.parse_args().only
    course = emnist.course(BYCLASS)
    for name in [only] if only else RUNS:
        print(name, flush=True)
        result = run(name, course)
        write_text(RESULTS / f"{name}.json", json.dumps(result, indent=1) + "\n")
        print(f"  course test: {result['test_accuracy']}", flush=True)


if __name__ == "__main__":
    main()
