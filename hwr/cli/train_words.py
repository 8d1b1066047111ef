"""``python -m hwr train words``: how a network of words is made, measured and written."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from hwr import export
from hwr.cli import word_material
from hwr.cli.word_material import Material
from hwr.cli.word_training import TrainedWords, WordRecipe, fit_words
from hwr.datasets import unipen
from hwr.datasets.joined_words import Piece
from hwr.words.joined_reader import JoinedReader, posteriors
from hwr.words.prefix_beam import Decoded
from hwr.words.written_language import WRITTEN

RECIPES = {"image": WordRecipe("image"), "strokes": WordRecipe("strokes")}
WEIGHTS, BONUSES = (0.25, 0.5, 0.75, 1.0), (0.0, 0.6, 1.2)
"""What is tried for the language model's weight and for the bonus of a character."""
TEMPERATURES = np.geomspace(0.5, 8, 17)
RISK = 0.03
"""Largest share of wrong words, on the validation words, among those that count as sure."""
CHOOSING = 300
"""Validation words on which weight and bonus are chosen."""

Answers = list[tuple[str, list[Decoded]]]
"""Each word's text, and what was read."""


class Source(NamedTuple):
    """What a network learns from, and what is known about it."""

    material: Material
    facts: dict[str, Any]


def train_words(card: Path, folder: Path, recipe: WordRecipe) -> None:
    """Train a network of words, and write it.

    Parameters
    ----------
    card : Path
        Where to write the card; beside it go the LiteRT file and Keras's weights.
    folder : Path
        Keeps a checkpoint, from which an interrupted training resumes.
    recipe : WordRecipe

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
    known = [Piece(each.label, each.ink) for each in source.material.validation]
    trained = fit_words(recipe, source.material.draw, known, folder, {"data": source.facts})
    write(card, recipe, trained, source.facts, known)


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
        "joined to words, numbers and codes; doodles and struck-out words"
    )
    facts = {
        "data": data,
        "split": "UNIPEN by provider",
        "training_words": words,
        "validation_words": len(material.validation),
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
    option = "" if recipe.view == "image" else f" --view {recipe.view}"
    facts: dict[str, Any] = {
        "view": recipe.view,
        "characters": WRITTEN,
        "parameters": trained.model.count_params(),
        **about,
        "license": "MIT; UNIPEN's attribution (CC BY 4.0) must stay with the weights",
        "seed": recipe.seed,
        "command": f"python -m hwr train words{option}",
        "inks": recipe.epochs * recipe.batches * recipe.batch_size,
        "minutes": round(sum(row["seconds"] for row in trained.history) / 60, 1),
        "cpu_minutes": round(sum(row["cpu_seconds"] for row in trained.history) / 60, 1),
        "weight": WEIGHTS[0],
        "bonus": BONUSES[0],
        "temperature": 1.0,
        "threshold": 1.0,
    }
    answers = choose(weights, facts, known)
    facts["measured"] = {"validation words": figures(answers, facts)}
    facts["history"] = trained.history
    export.save_weights(card.with_suffix(".npz"), halved)
    export.save_recognizer(card, weights, facts)


def choose(weights: bytes, facts: dict[str, Any], known: Sequence[Piece]) -> Answers:
    """Choose weight, bonus, temperature and threshold on validation words; return their answers."""
    seen = [JoinedReader(weights, facts).log_probabilities(piece.ink)[0] for piece in known]

    def answers(weight: float, bonus: float, count: int | None = None) -> Answers:
        reader = JoinedReader(weights, facts | {"weight": weight, "bonus": bonus})
        pairs = itertools.islice(zip(known, seen, strict=True), count)
        return [(piece.text, reader.decode(each)) for piece, each in pairs]

    tried = list(itertools.product(WEIGHTS, BONUSES))
    shares = [np.mean(_right(answers(*pair, CHOOSING))) for pair in tried]
    facts["weight"], facts["bonus"] = tried[int(np.argmax(shares))]
    found = answers(facts["weight"], facts["bonus"])
    right = _right(found)
    losses = [_log_loss(_confidences(found, each), right) for each in TEMPERATURES]
    facts["temperature"] = round(float(TEMPERATURES[int(np.argmin(losses))]), 3)
    sure = _confidences(found, facts["temperature"])
    facts["threshold"] = round(threshold_for(sure, right, RISK), 4)
    return found


def figures(answers: Answers, facts: dict[str, Any]) -> dict[str, float]:
    """Return a card's figures; without looking at case, but for ``exact``."""
    right = _right(answers)
    sure = _confidences(answers, facts["temperature"]) >= facts["threshold"]
    exact = [bool(found) and found[0].text == text for text, found in answers]
    return {
        "n": len(answers),
        "exact": float(np.mean(exact)),
        "ignoring case": float(right.mean()),
        "nothing": float(np.mean([not found for _, found in answers])),
        "sure": float(sure.mean()),
        "wrong of sure": float((~right[sure]).mean()) if sure.any() else 0.0,
    }


def _right(answers: Answers) -> np.ndarray:
    said = [(text.lower(), found[0].text.lower() if found else "") for text, found in answers]
    return np.array([text == read for text, read in said])


def _confidences(answers: Answers, temperature: float) -> np.ndarray:
    return np.array([posteriors(each, temperature)[0] if each else 0.0 for _, each in answers])


def _log_loss(shares: np.ndarray, right: np.ndarray) -> float:
    shares = shares.clip(1e-3, 1 - 1e-3)
    return -float(np.log(np.where(right, shares, 1 - shares)).mean())


def threshold_for(shares: np.ndarray, right: np.ndarray, risk: float) -> float:
    """Return the lowest probability from which on at most this share is wrong; 1 if none is."""
    order = np.argsort(-shares, kind="stable")
    wrong = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(wrong <= risk)
    return float(shares[order[enough[-1]]]) if len(enough) else 1.0


def recipe_for(view: str, epochs: int | None) -> WordRecipe:
    """Return the recipe of a view, with another number of epochs if one is given."""
    recipe = RECIPES[view]
    return recipe if epochs is None else replace(recipe, epochs=epochs)
