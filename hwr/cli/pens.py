"""What ``python -m hwr train`` learns from people's pens: UNIPEN, and what is no character.

Some of UNIPEN's labels are wrong and some of its inks are cut short. Two networks, each trained on
half of the writers, read the other half: a character that a network is sure is another one is left
out (Northcutt, Jiang, Chuang 2021, "Confident learning", arXiv:1911.00068). Look-alikes, such as
``0`` and ``O``, are never held against each other.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hwr.alphabets import CHARACTERS, MARKS, MERGED_LETTERS, NONE, from_classes
from hwr.augmentation import Distortion
from hwr.dataset import Dataset, as_input, concatenate
from hwr.datasets import doodles, synthetic, unipen
from hwr.datasets.unipen import PenSample
from hwr.ink import Ink, convert
from hwr.training import Recipe, fit

Images = NDArray[np.uint8]
Random = np.random.Generator

OUTPUTS = from_classes(CHARACTERS + MARKS + NONE)
"""The classes of the recogniser's network."""
SEED = 17
EACH_BY_ONE_WRITER = 20
"""Most drawings of a character by one writer, so that few do not decide how a letter looks."""
EACH_CHARACTER, EACH_MARK = 1_200, 600
"""Training images of each character: as many as of every other, as on a pad."""
LOOK_ALIKE = (
    "0Oo", "1Il|/\\'`,", "2Zz", "5Ss", "9gq", "6b", "Uuv", "Vv", "hn", "ft", "({[Cc<", ")}]>",
    ".,'`", ":;", "-_~", '"', "Xx*", "+t", "^",
)  # fmt: skip
"""Characters that are not held against each other when labels are checked."""
JUDGE = Recipe(
    "resnet",
    epochs=4,
    batch_size=128,
    learning_rate=2e-3,
    one_cycle=True,
    distortion=Distortion(rotation=6, shear=0.1, scale=0.07),
    averaging=0.99,
    seed=SEED,
)
SURE_OF_ANOTHER, LEAST_OF_ITS_OWN = 0.9, 0.01


@dataclass(frozen=True)
class Pens:
    """Images of people's drawings, and of what is no character, in the classes ``OUTPUTS``.

    Attributes
    ----------
    train, validation : Dataset
    counts : dict
        How many drawings were used and left out, for the recogniser's card.
    """

    train: Dataset
    validation: Dataset
    counts: dict[str, int]


def load(folder: Path) -> Pens:
    """Return what is learned from the pens in a folder; see :func:`hwr.datasets.unipen.load`."""
    samples = unipen.load(folder)
    words = [sample for sample in unipen.load(folder, "words") if len(sample.label) > 1]
    candidates = [sample for sample in samples if not sample.validates]
    kept, judges, dropped = _clean(_limited(candidates, EACH_BY_ONE_WRITER))
    rng = np.random.default_rng(SEED)
    others = [word for word in words if not word.validates]
    nothing = _no_characters(kept, others, judges, 20_000, rng)
    train = concatenate(of_each_character(kept, rng, EACH_CHARACTER), nothing)
    known = _limited([sample for sample in samples if sample.validates], 3)
    others = [word for word in words if word.validates]
    nothing = _no_characters(known, others, judges, 3_000, rng)
    validation = concatenate(_dataset(known), nothing)
    counts = {
        "characters read": len(samples),
        "wrong label or cut": dropped,
        "characters trained on": len(kept),
        "characters to validate": len(known),
        "words": len(words),
    }
    return Pens(train, validation, counts)


def _limited(samples: Sequence[PenSample], each: int) -> list[PenSample]:
    """Return a writer's first drawings of each character."""
    seen: Counter[tuple[str, str]] = Counter()
    kept = []
    for sample in samples:
        seen[sample.writer, sample.label] += 1
        if seen[sample.writer, sample.label] <= each:
            kept.append(sample)
    return kept


def _dataset(samples: Sequence[PenSample]) -> Dataset:
    images = np.stack([convert(sample.ink) for sample in samples])
    labels = np.array([OUTPUTS.index(sample.label) for sample in samples], np.int64)
    return Dataset("UNIPEN", images, labels, OUTPUTS, "pen strokes")


# --- cleaning -----------------------------------------------------------------------------------

Judge = Callable[[Images], NDArray[np.float32]]


def _clean(samples: list[PenSample]) -> tuple[list[PenSample], list[Judge], int]:
    """Return the samples without those that a network, which never saw their writer, refuses."""
    dataset = _dataset(samples)
    writers = np.array([sample.writer for sample in samples])
    names = np.unique(writers)
    half = np.random.default_rng(SEED).permutation(len(names)) % 2
    fold = half[np.searchsorted(names, writers)]
    alike = _alike()
    judges, good = [], np.ones(len(samples), bool)
    for which in (0, 1):
        judge = _judge(dataset.take(fold != which), dataset.take(fold == which))
        judges.append(judge)
        chosen = np.flatnonzero(fold == which)
        found = judge(dataset.images[chosen])
        own = (found * alike[dataset.labels[chosen]]).sum(axis=1)
        good[chosen] = (own >= LEAST_OF_ITS_OWN) | (found.max(axis=1) < SURE_OF_ANOTHER)
    kept = [sample for sample, use in zip(samples, good, strict=True) if use]
    return kept, judges, int((~good).sum())


def _alike() -> NDArray[np.float32]:
    """Return which classes may be taken for each other, shape (95, 95)."""
    groups = [*LOOK_ALIKE, *(letter + letter.lower() for letter in MERGED_LETTERS)]
    alike = np.eye(len(OUTPUTS), dtype=np.float32)
    for group in groups:
        places = [OUTPUTS.index(character) for character in group]
        alike[np.ix_(places, places)] = 1
    return alike


def _judge(train: Dataset, validation: Dataset) -> Judge:
    model = fit(JUDGE, train, validation).model

    def probabilities(images: Images) -> NDArray[np.float32]:
        logits = model.predict(as_input(images), batch_size=500, verbose=0)
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    return probabilities


# --- images -------------------------------------------------------------------------------------


def _as_another(ink: Ink, rng: Random) -> Images:
    """Convert a drawing as another person may have drawn it, with another pen.

    UNIPEN has few writers: without this, the network learns their hands by heart.
    """
    varied = synthetic.vary_drawing(ink, rng)
    return convert(Ink(varied.strokes, float(np.clip(varied.pen, 0.06, 0.26))))


def of_each_character(samples: Sequence[PenSample], rng: Random, count: int) -> Dataset:
    """Return `count` images of each character, fewer of each mark: some drawings several times.

    Every time, they look as another person may have drawn them.
    """
    of_label = defaultdict(list)
    for sample in samples:
        of_label[sample.label].append(sample.ink)
    images, labels = [], []
    for label in CHARACTERS + MARKS:
        inks = of_label[label]
        wanted = count if label in CHARACTERS else EACH_MARK
        rounds = [rng.permutation(len(inks)) for _ in range(wanted // max(len(inks), 1) + 1)]
        for place in np.concatenate(rounds)[:wanted] if inks else []:
            images.append(_as_another(inks[place], rng))
            labels.append(OUTPUTS.index(label))
    return Dataset("UNIPEN", np.stack(images), np.array(labels), OUTPUTS, "pen strokes")


def _none(name: str, images: list[Images]) -> Dataset:
    labels = np.full(len(images), OUTPUTS.index(NONE))
    return Dataset(name, np.stack(images), labels, OUTPUTS, "no characters")


def _no_characters(
    samples: list[PenSample],
    words: list[PenSample],
    judges: list[Judge],
    count: int,
    rng: Random,
) -> Dataset:
    """Return doodles, several letters, words and parts of them, and cut characters."""
    kinds = list(doodles.KINDS)
    of_writer = defaultdict(list)
    for sample in samples:
        if sample.label in CHARACTERS:
            of_writer[sample.writer].append((sample.label, sample.ink))
    writers = [writer for writer, drawn in of_writer.items() if len(drawn) >= 20]

    def letters() -> Ink:
        drawn = of_writer[writers[rng.integers(len(writers))]]
        number = int(rng.choice([2, 2, 2, 3, 4]))
        return doodles.several([drawn[i] for i in rng.integers(len(drawn), size=number)], rng)

    def word() -> Ink:
        return words[rng.integers(len(words))].ink

    def doodle() -> Ink:
        return doodles.draw(kinds[rng.integers(len(kinds))], rng)

    images = [_as_another(doodle(), rng) for _ in range(count * 4 // 10)]
    images += [_as_another(letters(), rng) for _ in range(count * 3 // 10)]
    images += [_as_another(word(), rng) for _ in range(count * 15 // 100)]
    wanted = count * 15 // 100
    halves = [
        _as_another(half, rng)
        for i in rng.integers(len(samples), size=3 * wanted)
        if not (half := doodles.cut(samples[i].ink, rng)).empty
    ]
    alike = _alike()  # half of an E may be an F, and a bar is an l, an I or a 1
    found = [(judge(np.stack(halves)) @ alike).max(axis=1) for judge in judges]
    unclear = np.max(found, axis=0) < 0.5
    images += [half for half, use in zip(halves, unclear, strict=True) if use][:wanted]
    return _none("doodles, several letters and cut ones", images)


def spoilt_scans(images: Images, count: int, seed: int = SEED) -> Images:
    """Return scanned characters side by side, two or three in the place of one.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, 28, 28)
        Characters of EMNIST.
    count : int
    seed : int

    Returns
    -------
    ndarray of uint8, shape (count, 28, 28)
    """
    rng = np.random.default_rng(seed)
    spoilt = []
    for _ in range(count):
        chosen = images[rng.integers(len(images), size=rng.choice([2, 2, 3]))]
        parts = [image[:, image.any(axis=0)] for image in chosen]
        gap = np.zeros((28, int(rng.integers(0, 4))), np.uint8)
        spoilt.append(convert(np.hstack([part for each in parts for part in (each, gap)])))
    return np.stack(spoilt)
