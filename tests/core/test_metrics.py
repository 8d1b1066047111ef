"""Metrics, compared with numbers worked out by hand and with scikit-learn."""

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hwr import metrics

CLASSES = ("A", "B", "C")
LABELS = np.array([0, 0, 0, 1, 1, 2])
ANSWERS = np.array([0, 1, 1, 1, 0, 1])
MATRIX = np.array([[1, 2, 0], [1, 1, 0], [0, 1, 0]])

# Answers 0, 0, 1, 0 with confidence 0.95, 0.85, 0.65, 0.75; the second and the last are wrong.
TRUE = np.array([0, 1, 1, 1])
SURE = np.array([[0.95, 0.05], [0.85, 0.15], [0.35, 0.65], [0.75, 0.25]], np.float32)


@st.composite
def answered(draw):
    """True labels and probabilities of up to 60 images in up to 6 classes."""
    n, classes = draw(st.integers(1, 60)), draw(st.integers(2, 6))
    labels = draw(hnp.arrays(np.int64, n, elements=st.integers(0, classes - 1)))
    weights = draw(hnp.arrays(np.float64, (n, classes), elements=st.integers(1, 50)))
    return labels, (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def test_confusion_has_a_row_for_each_true_class():
    assert metrics.confusion_matrix(LABELS, ANSWERS, 3).tolist() == MATRIX.tolist()
    assert metrics.confusion_matrix(LABELS, ANSWERS, 4).shape == (4, 4)


def test_confusion_matrix_of_uint8_labels():
    labels = np.array([61, 61, 0], np.uint8)
    matrix = metrics.confusion_matrix(labels, labels, 62)
    assert (matrix[61, 61], matrix[0, 0], matrix.sum()) == (2, 1, 3)


@given(answered())
def test_confusion_recall_and_top_k_agree_with_scikit_learn(case):
    labels, probabilities = case
    answers, classes = probabilities.argmax(axis=1), probabilities.shape[1]
    every = np.arange(classes)
    matrix = metrics.confusion_matrix(labels, answers, classes)
    theirs = sklearn.metrics.confusion_matrix(labels, answers, labels=every)
    assert matrix.tolist() == theirs.tolist()
    recall = sklearn.metrics.recall_score(
        labels, answers, labels=np.unique(labels), average="macro", zero_division=0
    )
    assert metrics.mean_recall(matrix) == pytest.approx(recall)
    # The order of equal probabilities is undefined: make them differ.
    probabilities = probabilities + np.linspace(1e-3, 0, classes, dtype=np.float32)
    for k in range(1, classes if classes > 2 else 0):  # theirs has a threshold for two classes
        top = sklearn.metrics.top_k_accuracy_score(labels, probabilities, k=k, labels=every)
        assert metrics.top_k_accuracy(labels, probabilities, k) == pytest.approx(top)
    assert metrics.top_k_accuracy(labels, probabilities, classes) == 1


def test_mean_recall_counts_rare_classes_like_frequent_ones():
    assert metrics.mean_recall(np.array([[98, 2], [1, 1]])) == pytest.approx((0.98 + 0.5) / 2)
    assert metrics.mean_recall(np.array([[3, 1], [0, 0]])) == pytest.approx(0.75)  # none of class 1


def test_table_per_character():
    first, second, third = metrics.per_class(MATRIX, CLASSES)
    assert first == metrics.ClassResult("A", 3, 1, (("B", 2),))
    assert first.accuracy == pytest.approx(1 / 3)
    assert second.mistaken_for == (("A", 1),)
    assert (third.attempts, third.right, third.accuracy) == (1, 0, 0.0)


def test_table_names_the_most_frequent_mistakes_first():
    matrix = np.array([[5, 1, 4, 2], *np.zeros((3, 4), int)])
    row = metrics.per_class(matrix, (*CLASSES, "D"), worst=2)[0]
    assert row.mistaken_for == (("C", 4), ("D", 2))
    assert metrics.per_class(matrix, (*CLASSES, "D"))[3].accuracy == 0.0


def test_reliability_by_hand():
    found = metrics.reliability(TRUE, SURE, bins=2)
    assert found.count.tolist() == [0, 4]
    assert np.isnan(found.confidence[0])
    assert found.confidence[1] == pytest.approx(0.8)
    assert found.accuracy[1] == pytest.approx(0.5)
    assert found.expected_calibration_error == pytest.approx(0.3)
    # In ten bins each answer is alone.
    alone = metrics.reliability(TRUE, SURE, bins=10)
    assert alone.expected_calibration_error == pytest.approx((0.05 + 0.85 + 0.35 + 0.75) / 4)


@given(answered(), st.integers(1, 20))
def test_reliability_puts_each_answer_in_the_bin_of_its_confidence(case, bins):
    labels, probabilities = case
    found = metrics.reliability(labels, probabilities, bins)
    assert found.count.sum() == len(labels)
    places = np.flatnonzero(found.count)
    within = found.confidence[places] * bins - places
    assert ((within > -2e-5) & (within < 1 + 2e-5)).all()
    right = (probabilities.argmax(axis=1) == labels).sum()
    assert np.nansum(found.accuracy * found.count) == pytest.approx(right)
    assert 0 <= found.expected_calibration_error <= 1


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_temperature_is_found_again(temperature):
    rng = np.random.default_rng(0)
    honest = rng.normal(0, 2, (20_000, 4))
    chances = np.exp(honest) / np.exp(honest).sum(axis=1, keepdims=True)
    labels = (chances.cumsum(axis=1) > rng.random((20_000, 1))).argmax(axis=1)
    found = metrics.fit_temperature(labels, honest * temperature)
    assert found == pytest.approx(temperature, rel=0.03)


def test_temperature_survives_logits_of_any_size():
    logits = np.array([[900.0, -900.0], [-900.0, 900.0], [900.0, -900.0]], np.float32)
    assert np.isfinite(metrics.fit_temperature(np.array([0, 1, 1]), logits))


def test_risk_and_coverage_by_hand():
    coverage, risk, confidence = metrics.risk_coverage(TRUE, SURE)
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert risk == pytest.approx([0, 1 / 2, 2 / 3, 1 / 2])
    assert confidence == pytest.approx([0.95, 0.85, 0.75, 0.65])


def test_threshold_is_the_lowest_that_keeps_the_risk():
    assert metrics.threshold_for_risk(TRUE, SURE, 0.0) == pytest.approx(0.95)
    assert metrics.threshold_for_risk(TRUE, SURE, 0.5) == pytest.approx(0.65)
    # The most confident answer is wrong:
    assert metrics.threshold_for_risk(1 - TRUE, SURE, 0.1) == 1.0


@given(answered(), st.floats(0, 1))
def test_the_threshold_keeps_the_promised_risk(case, risk):
    labels, probabilities = case
    threshold = metrics.threshold_for_risk(labels, probabilities, risk)
    kept = probabilities.max(axis=1) >= threshold
    wrong = probabilities.argmax(axis=1) != labels
    assert not kept.any() or wrong[kept].mean() <= risk


@pytest.mark.parametrize(
    "call",
    [
        lambda labels: metrics.top_k_accuracy(labels, SURE, 1),
        lambda labels: metrics.reliability(labels, SURE),
        lambda labels: metrics.fit_temperature(labels, SURE),
        lambda labels: metrics.risk_coverage(labels, SURE),
        lambda labels: metrics.threshold_for_risk(labels, SURE, 0.1),
    ],
)
def test_labels_that_do_not_match_are_refused(call):
    with pytest.raises(ValueError, match=r"labels must have shape \(4,\), not \(1,\)"):
        call(TRUE[:1])  # would be compared with every row
    with pytest.raises(ValueError, match=r"label 2 of 2 classes: .*; these count from 1"):
        call(TRUE + 1)  # as the archive labels Letters
    with pytest.raises(ValueError, match="label -1 of 2 classes"):
        call(TRUE - 1)


def test_confusion_refuses_labels_beyond_the_classes():
    with pytest.raises(ValueError, match="label 2 of 2 classes: labels are 0 to 1"):
        metrics.confusion_matrix(LABELS, ANSWERS, 2)
    with pytest.raises(ValueError, match=r"answers must have shape \(6,\), not \(5,\)"):
        metrics.confusion_matrix(LABELS, ANSWERS[:-1], 3)
    with pytest.raises(ValueError, match="with n at least 1, not"):
        metrics.confusion_matrix(LABELS[:0], ANSWERS[:0], 3)
