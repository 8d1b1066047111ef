"""How well a recogniser reads a dataset, in the figures that the course uses."""

from typing import Any

from hwr import errors
from hwr.alphabets import Alphabet, find
from hwr.data import Dataset
from hwr.recognizer import Prior, Recognizer


def measure(
    recognizer: Recognizer,
    dataset: Dataset,
    alphabet: str | int | Alphabet = "62",
    prior: Prior = "natural",
) -> dict[str, Any]:
    """Read every image of a dataset and compare with its labels.

    Parameters
    ----------
    dataset : Dataset
        Images whose character lies outside the alphabet are left out.
    alphabet : str, int or Alphabet
        Which characters are possible.
    prior : {'natural', 'uniform'}
        As for :meth:`hwr.recognizer.Recognizer.probabilities`.

    Returns
    -------
    dict
        ``n`` images; ``top1``, ``top3`` accuracy; ``recall``, its mean over the classes; ``ece``,
        the expected calibration error; ``accuracy_at_90_coverage``, the accuracy on the 90 % of
        images it is surest of. All in 0..1.
    """
    chosen = find(alphabet)
    seen = dataset.in_alphabet(chosen)
    probabilities = chosen.fold(recognizer.probabilities(seen.images, prior))
    labels, answers = seen.labels, probabilities.argmax(axis=1)
    coverage, risk, _ = errors.risk_coverage(labels, probabilities)
    surest = int((coverage <= 0.9).sum()) - 1
    figures = {
        "top1": float((answers == labels).mean()),
        "top3": errors.top_k_accuracy(labels, probabilities, 3),
        "recall": errors.mean_recall(errors.confusion(labels, answers, len(chosen))),
        "ece": errors.reliability(labels, probabilities).expected_calibration_error,
        "accuracy_at_90_coverage": 1 - float(risk[max(surest, 0)]),
    }
    return {"n": len(seen)} | {name: round(value, 5) for name, value in figures.items()}
