"""``python -m hwr train words``: how a network of words is made, measured and written."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from hwr import export
from hwr.cli import word_material
from hwr.cli.word_calibration import choose, figures
from hwr.cli.word_material import Material
from hwr.cli.word_training import TrainedWords, WordRecipe, fit_words
from hwr.datasets import unipen
from hwr.datasets.joined_words import Piece
from hwr.words.written_language import WRITTEN

RECIPE = WordRecipe()


class Source(NamedTuple):
    """What a network learns from, and what is known about it."""

    material: Material
    facts: dict[str, Any]


def train_words(card: Path, folder: Path) -> None:
    """Train a network of words, and write it.

    Parameters
    ----------
    card : Path
        Where to write the card; beside it go the LiteRT file and Keras's weights.
    folder : Path
        Keeps a checkpoint, from which an interrupted training resumes.

    Raises
    ------
    ValueError
        If ``HWR_PENS`` does not name UNIPEN, or the folder holds another training.
    """
    place = unipen.named_pens()
    if place is None:
        raise ValueError(
            "A network of words learns from people's pens, and HWR_PENS names no folder: set it "
            "to UNIPEN's; data/README.md says where to get it."
        )
    source = describe(word_material.load(place))
    known = [*source.material.validation, *source.material.spelled]
    trained = fit_words(RECIPE, source.material.draw, known, folder, {"data": source.facts})
    write(card, RECIPE, trained, source.facts, known)


def describe(material: Material) -> Source:
    """Return the material, and what a card says of it."""
    words = sum(map(len, material.words.values()))
    characters = sum(
        len(inks) for of_writer in material.characters.values() for inks in of_writer.values()
    )
    data = (
        f"{words:,} words by {len(material.words)} writers and {characters:,} characters of "
        f"{unipen.ATTRIBUTION}, without the providers "
        f"{', '.join(sorted(unipen.VALIDATION_PROVIDERS))}; these characters and made-up ones "
        "joined to words, numbers and codes; doodles and struck-out words; rows of "
        f"{sum(map(len, material.images.values())):,} images of {material.source}"
    )
    facts = {
        "data": data,
        "split": "UNIPEN by provider",
        "training_words": words,
        "validation_words": len(material.validation),
        "validation_texts": len(material.spelled),
    }
    return Source(material, facts)


def write(
    card: Path,
    recipe: WordRecipe,
    trained: TrainedWords,
    about: dict[str, Any],
    known: Sequence[Piece],
) -> None:
    """Export a trained network, choose what its card says of reading, measure it, write both."""
    halved = [weight.astype(np.float16) for weight in trained.model.get_weights()]
    trained.model.set_weights(halved)  # what is stored is also what is exported and measured
    weights = export.to_litert(trained.model, half=True)
    facts: dict[str, Any] = {
        "characters": WRITTEN,
        "parameters": trained.model.count_params(),
        **about,
        "license": "MIT; UNIPEN's attribution (CC BY 4.0) must stay with the weights",
        "seed": recipe.seed,
        "command": "python -m hwr train words",
        "inks": recipe.epochs * recipe.batches * recipe.batch_size,
        "minutes": round(sum(row["seconds"] for row in trained.history) / 60, 1),
        "cpu_minutes": round(sum(row["cpu_seconds"] for row in trained.history) / 60, 1),
    }
    answers, words = choose(weights, facts, known), about["validation_words"]
    facts["measured"] = {
        "people's words": figures(answers[:words], facts),
        "numbers, codes and marks, joined": figures(answers[words:], facts),
    }
    facts["history"] = trained.history
    export.save_weights(card.with_suffix(".npz"), halved)
    export.save_recognizer(card, weights, facts)
