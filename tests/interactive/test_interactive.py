"""Interactive figures without a browser: values set, buttons clicked, figures drawn."""

import asyncio
import subprocess
import sys
from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from helpers.hands import mime_bundle, note, send
from PIL import Image

from hwr.alphabets import BYMERGE
from hwr.convolution import convolve
from hwr.datasets import synthetic
from hwr.ink import Ink, convert
from hwr.interactive import compare, decide, duel, kernel, widget
from hwr.interactive.decide import AnswerHistory, Replay, first_part
from hwr.interactive.duel import Duel
from hwr.interactive.fool import Fool, change_image
from hwr.interactive.kernel import KERNELS, KernelWorkshop
from hwr.pads import html, last_picture
from hwr.recognizer import Recognizer

G = synthetic.draw("g", np.random.default_rng(0))


def centre_of_ink(image):
    rows, columns = np.nonzero(image)
    weights = image[rows, columns].astype(float)
    return np.average(rows, weights=weights), np.average(columns, weights=weights)


def halves(images):
    """A network of two classes: how much of the ink lies left, how much right."""
    ink = images.reshape(len(images), 28, 2, 14).sum(axis=(1, 3)) + 1.0
    return ink / ink.sum(axis=1, keepdims=True)


def certain(images):
    """A network that always answers with the first of two classes."""
    return np.tile([0.9, 0.1], (len(images), 1))


def broken(images):
    raise RuntimeError("out of order")


def texts(made):
    """Return everything that is written in a figure."""
    written = [ax.get_title() for ax in made.axes]
    written += [text.get_text() for ax in made.axes for text in ax.texts]
    written += [ax.get_xlabel() for ax in made.axes]
    return written + [label.get_text() for ax in made.axes for label in ax.get_yticklabels()]


def shown(toy):
    """Return an interactive figure's stored picture and its alt text."""
    data, metadata = mime_bundle(toy)
    assert "application/vnd.jupyter.widget-view+json" in data
    return Image.open(BytesIO(data["image/png"])), metadata["image/png"]["alt"]


def every_control(widget):
    """Return all controls inside a widget that a key reaches: not the bare sliders."""
    inside = [part for child in getattr(widget, "children", ()) for part in every_control(child)]
    kinds = ("Text", "Button")
    return inside + [widget] * any(base.__name__.endswith(kinds) for base in type(widget).mro())


def test_no_interactive_figure_needs_tensorflow():
    code = (
        "import sys; from hwr.interactive import decide, duel, fool, kernel;"
        "print('tensorflow' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_what_is_no_drawing_is_reported():
    with pytest.raises(ValueError, match="draw a character first"):
        widget.as_image(Ink())
    with pytest.raises(ValueError, match=r"image must have shape \(28, 28\), not \(32, 32\)"):
        widget.as_image(np.zeros((32, 32)))
    np.testing.assert_array_equal(widget.as_image(convert(G) / 255), convert(G))
    np.testing.assert_array_equal(widget.as_image(G), convert(G))


# --- fool the network --------------------------------------------------------------------------


@pytest.fixture
def spot():
    """A square of ink right of the middle."""
    image = np.zeros((28, 28), np.uint8)
    image[12:16, 18:22] = 255
    return image


def test_no_change_is_no_change():
    np.testing.assert_array_equal(change_image(convert(G)), convert(G))


def test_shift_moves_ink_down_and_to_the_right(spot):
    moved = change_image(spot, shift=(3, 2))
    np.testing.assert_array_equal(moved, np.roll(spot, (3, 2), axis=(0, 1)))
    assert not change_image(spot, shift=(0, 10)).any()  # what moves out is lost


def test_a_turn_goes_clockwise(spot):
    row, column = centre_of_ink(
        change_image(spot, turn=90)
    )  # from the right of the middle to below
    assert row == pytest.approx(19.5, abs=0.1)
    assert column == pytest.approx(13.5, abs=0.1)


def test_size_and_thickness_grow_and_shrink(spot):
    grey = [change_image(spot, thickness=amount).sum() for amount in (-1, -0.5, 0, 0.5, 1)]
    assert grey == sorted(grey)
    assert len(set(grey)) == 5
    half, larger = (change_image(spot, size=size) for size in (0.5, 1.5))
    assert half.sum() == pytest.approx(spot.sum() / 4, rel=0.1)
    assert larger.sum() == pytest.approx(2.25 * spot.sum(), rel=0.1)
    assert centre_of_ink(half)[1] == pytest.approx(13.5 + 6 / 2, abs=0.1)
    with pytest.raises(ValueError, match="The size is 0"):
        change_image(spot, size=0)


def test_a_figure_says_who_was_fooled(spot):
    networks = {"halves": halves, "certain": certain}
    before = texts(Fool(spot, networks, "LR", "R").figure())
    assert "halves\nR: right" in before
    assert "certain\nL: wrong" in before
    after = texts(Fool(spot, networks, "LR", "R").figure(shift=(0, -10)))
    assert "halves\nL: wrong" in after


def test_without_a_label_a_network_is_held_to_its_first_answer(spot):
    made = Fool(spot, {"halves": halves, "certain": certain}, "LR").figure(shift=(0, -10))
    assert {"halves\nnow L", "certain\nstill L"} <= set(texts(made))


def test_sliders_fool_a_network_and_a_button_undoes_it(spot):
    toy = Fool(spot, {"halves": halves, "certain": certain}, "LR", "R")
    assert "halves: R: right; certain: L: wrong." in toy.message.value
    toy.right.value = -10
    assert "halves: L: wrong" in toy.message.value
    moved = toy.seen.value
    toy.turn.value, toy.size.value, toy.thickness.value = 45, 0.5, 1
    assert toy.seen.value != moved
    picture, alt = shown(toy)
    assert "halves: L: wrong" in alt
    assert picture.width > 600
    toy.reset.click()
    assert toy.changes == {"shift": (0, 0), "turn": 0, "size": 1, "thickness": 0}
    assert "halves: R: right" in toy.message.value
    assert all(control.description for control in every_control(toy.widget))
    assert len(every_control(toy.widget)) == 6


def test_an_error_of_a_network_is_shown_and_the_figure_lives_on(spot):
    networks = {"halves": halves}
    toy = Fool(spot, networks, "LR", "R")
    networks["halves"] = broken
    toy.right.value = 1
    assert "RuntimeError: out of order" in note(toy)
    assert 'role="alert"' in toy.status.value
    data, metadata = mime_bundle(toy)
    assert "image/png" not in {**data, **metadata}
    networks["halves"] = halves
    toy.right.value = -10
    assert note(toy) == ""
    assert "halves: L: wrong" in toy.message.value


def test_networks_and_labels_that_do_not_fit_are_reported(spot):
    with pytest.raises(ValueError, match=r"'halves' gave an array of shape \(1, 2\)"):
        Fool(spot, {"halves": halves}, "LRM")
    with pytest.raises(ValueError, match="label 'x' is none of the classes L R"):
        Fool(spot, {"halves": halves}, "LR", "x")


# --- the kernel workshop -----------------------------------------------------------------------


def test_a_feature_map_is_the_lessons_convolution(spot):
    found = kernel.feature_map(spot, KERNELS["left edges"])
    np.testing.assert_allclose(found, convolve(spot / 255, KERNELS["left edges"]))
    assert found.max() == 3  # a whole column of the patch is ink, the other is paper
    assert found[12, 16] == 3  # on the left of the square
    assert found[12, 20] == -3  # and the other way round on its right


def test_named_kernels_do_what_they_are_called(spot):
    even = np.full((28, 28), 255, np.uint8)
    on_even = {name: kernel.feature_map(even, numbers) for name, numbers in KERNELS.items()}
    for name, found in on_even.items():
        np.testing.assert_allclose(found, 0 if "edges" in name else 1, atol=1e-12, err_msg=name)
    np.testing.assert_array_equal(
        kernel.feature_map(spot, KERNELS["identity"]), spot[1:-1, 1:-1] / 255
    )
    assert kernel.feature_map(spot, KERNELS["sharpen"]).max() > 1
    above = kernel.feature_map(spot, KERNELS["upper edges"])
    assert above[10, 18] == 3
    assert above[14, 18] == -3


def test_the_kernels_figure_shows_its_numbers(spot):
    toy = KernelWorkshop(spot, "identity")
    for place, number in ((0, 2), (4, -7), (8, 0.25)):
        toy.fields[place].value = number
    written = texts(toy.figure())
    assert {"2", "-7", "0.25", "image", "kernel", "feature map"} <= set(written)
    assert "-7 to 2\norange below 0, blue above" in written


def test_fields_and_buttons_change_the_feature_map(spot):
    toy = KernelWorkshop(spot, "identity")
    assert "0 to 1" in toy.message.value
    first = toy.map.value
    toy.fields[4].value = -3
    assert "-3 to 0" in toy.message.value
    assert toy.map.value != first
    for name, button in toy.buttons.items():
        button.click()
        np.testing.assert_array_equal(toy.kernel, KERNELS[name])
    toy.buttons["identity"].click()
    assert toy.map.value == first
    assert note(toy) == ""
    _, alt = shown(toy)
    assert "the kernel 0 0 0; 0 1 0; 0 0 0" in alt
    assert "0 to 1" in alt


def test_positive_is_blue_and_negative_orange(spot):
    toy = KernelWorkshop(spot, "left edges")
    source = toy.map.value.split("base64,")[1].split('"')[0]
    pixels = np.asarray(Image.open(BytesIO(b64decode(source))))
    assert pixels.shape == (26, 26, 3)
    red, blue = (pixels[..., channel].astype(int) for channel in (0, 2))
    assert blue[12, 16] > red[12, 16]
    assert red[12, 20] > blue[12, 20]
    assert pixels[0, 0].min() >= 254


def test_the_fields_are_named_for_those_who_do_not_see_their_place(spot):
    toy = KernelWorkshop(spot)
    named = [control.description for control in every_control(toy.widget)]
    assert named == [*KERNELS, *(f"row {r}, column {c}" for r in (1, 2, 3) for c in (1, 2, 3))]


def test_a_number_that_cannot_be_used_is_reported(spot):
    toy = KernelWorkshop(spot)
    toy.fields[0].value = float("nan")
    assert "give nine numbers" in note(toy)
    toy.fields[0].value = 0
    assert note(toy) == ""
    with pytest.raises(ValueError, match="3 rows of 3 numbers"):
        kernel.feature_map(spot, np.ones((2, 2)))
    with pytest.raises(ValueError, match="no kernel 'smooth'"):
        KernelWorkshop(spot, "smooth")


# --- when did it decide? -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def recognizer():
    return Recognizer.load()


CORNER = Ink([[(0, 0), (0, 4)], [(0, 4), (6, 4)]])


def length(ink):
    return sum(np.hypot(*np.diff(stroke, axis=0).T).sum() for stroke in ink.strokes)


def test_a_beginning_has_its_share_of_the_length():
    for share in (0.05, 0.3, 0.5, 0.77, 1):
        assert length(first_part(G, share)) == pytest.approx(share * length(G))
    assert first_part(G, 1) is G
    assert first_part(Ink(CORNER.strokes, 0.2), 0.5).pen == 0.2


def test_a_beginning_ends_where_the_pen_was():
    (first,) = first_part(CORNER, 0.3).strokes
    np.testing.assert_allclose(first, [(0, 0), (0, 3)])
    first, second = first_part(CORNER, 0.7).strokes
    np.testing.assert_allclose(first, CORNER.strokes[0])
    np.testing.assert_allclose(second, [(0, 4), (3, 4)])


def test_a_dot_is_there_when_what_came_before_it_is():
    letter = Ink([[(0, 5), (0, 15)], [(0, 0)]])
    assert len(first_part(letter, 0.99).strokes) == 1
    assert len(first_part(letter, 1).strokes) == 2
    dot_first = Ink([[(0, 0)], [(0, 5), (0, 15)]])
    assert [len(stroke) for stroke in first_part(dot_first, 0.5).strokes] == [1, 2]
    assert len(first_part(Ink([[(3, 3)]]), 0.5).strokes) == 1  # no length at all


@pytest.mark.parametrize("alphabet", ["62", "26"])
def test_the_last_moment_is_the_reading_of_the_whole(recognizer, alphabet):
    times, probabilities, labels = decide.answers_over_time(G, recognizer, 10, alphabet)
    whole = recognizer.read(G, alphabet)
    np.testing.assert_array_equal(probabilities[-1], whole.probabilities)
    assert labels == whole.alphabet.classes
    np.testing.assert_allclose(times, np.arange(1, 11) / 10)
    half = recognizer.read(first_part(G, 0.5), alphabet)
    np.testing.assert_array_equal(probabilities[4], half.probabilities)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


def history(*answers, labels="abc"):
    """Return a history of given first answers, each with a probability of 0.8."""
    places = [labels.index(answer) for answer in answers]
    probabilities = np.full((len(answers), len(labels)), 0.2 / (len(labels) - 1), np.float32)
    probabilities[np.arange(len(answers)), places] = 0.8
    return AnswerHistory(
        np.arange(1, len(answers) + 1) / len(answers), probabilities, tuple(labels)
    )


@pytest.mark.parametrize(
    ("answers", "moment"), [("abacc", 3), ("ccacc", 3), ("ccccc", 0), ("aaaac", 4)]
)
def test_decided_is_the_moment_from_which_the_answer_stays(answers, moment):
    assert history(*answers).decided == moment


def test_only_what_was_ever_likely_gets_a_line():
    assert history(*"aab", labels="abcd").likely == [1, 0]
    many = history(*"abcdefgh", labels="abcdefghij")
    assert many.likely[0] == 7
    assert len(many.likely) == 5


def test_the_figure_shows_snapshots_lines_and_the_moment(recognizer):
    toy = Replay(G, recognizer, 24)
    found, made = toy.history, toy.figure()
    *snapshots, below = made.axes
    assert len(snapshots) == decide.SNAPSHOTS
    assert snapshots[-1].get_title() == "100%: g"
    inked = [sum(len(line.get_xdata()) for line in ax.lines) for ax in snapshots]
    assert inked == sorted(inked)
    assert toy.decided_at == found.times[found.decided]
    assert f"decided at {100 * toy.decided_at:.0f} %" in texts(made)
    legend = [text.get_text() for text in below.get_legend().get_texts()]
    assert legend == [found.classes[index] for index in found.likely]
    assert legend[0] == "g"
    final = below.lines[0].get_ydata()
    np.testing.assert_allclose(final, 100 * found.probabilities[:, found.classes.index("g")])


def test_the_slider_goes_through_the_drawing(recognizer):
    toy = Replay(G, recognizer, points=20)
    assert "100% drawn: g" in toy.message.value
    drawn = toy.drawn.value
    toy.moment.value = 4
    assert "20% drawn" in toy.message.value
    assert recognizer.read(first_part(G, 0.2)).best in html.strip_tags(toy.message.value)
    assert toy.drawn.value != drawn
    assert toy.drawn.value.count("<img") == 1
    toy.moment.value = toy.history.decided + 1
    assert "From here on it stays so." in toy.message.value
    _, alt = shown(toy)
    assert f"read as g from {toy.decided_at:.0%}" in alt
    assert all(control.description for control in every_control(toy.widget))
    assert len(every_control(toy.widget)) == 2


def test_play_goes_through_the_drawing_and_can_be_paused(recognizer, monkeypatch):
    monkeypatch.setattr(decide, "PAUSE", 0.001)
    toy = Replay(G, recognizer, points=5)
    moments = []
    toy.moment.observe(lambda change: moments.append(change["new"]), "value")

    async def use():
        toy.play.click()
        assert toy.play.description == "Pause"
        await toy.play.playing
        assert moments == [1, 2, 3, 4, 5]
        toy.play.click()
        await asyncio.sleep(0)
        toy.play.click()
        await asyncio.sleep(0.05)

    asyncio.run(use())
    assert toy.moment.value == 1
    assert toy.play.description == "Play"


def test_an_error_in_the_replay_is_shown(recognizer, monkeypatch):
    toy = Replay(G, recognizer, points=5)
    monkeypatch.setattr(decide, "convert", broken)
    toy.moment.value = 2
    assert "RuntimeError: out of order" in note(toy)


def test_what_cannot_be_replayed_is_reported(recognizer):
    with pytest.raises(ValueError, match="draw a character first"):
        Replay(Ink(), recognizer)
    with pytest.raises(ValueError, match="give 2 or more"):
        decide.answers_over_time(G, recognizer, 1)
    dot = Replay(Ink([[(3, 3)]]), recognizer, 2)  # a dot has no length, and is read
    assert dot.decided_at == 0.5
    dot.figure()


# --- you against the network -------------------------------------------------------------------


def random_probabilities(n, classes=47, seed=0):
    return np.random.default_rng(seed).dirichlet(np.full(classes, 0.1), n)


def pairs_of(probabilities):
    return [frozenset(pair) for pair in np.argsort(-probabilities, axis=1)[:, :2].tolist()]


def gaps(probabilities):
    low, high = np.sort(probabilities, axis=1)[:, -2:].T
    return high - low


def test_hard_images_are_the_doubtful_ones():
    probabilities = random_probabilities(500)
    chosen = duel.hardest_images(probabilities)
    assert len(chosen) == len(set(chosen.tolist())) == 20
    gap = gaps(probabilities)
    assert (np.diff(gap[chosen]) >= 0).all()
    pairs = pairs_of(probabilities)
    of_pair = [pairs[image] for image in chosen]
    assert max(of_pair.count(pair) for pair in of_pair) <= 3
    # Whatever was passed over, though more doubtful, belongs to a pair that is full.
    passed = set(np.flatnonzero(gap < gap[chosen[-1]]).tolist()) - set(chosen.tolist())
    assert all(of_pair.count(pairs[image]) == 3 for image in passed)


def test_of_one_pair_no_more_than_asked_for():
    rings = np.tile([0.5, 0.4, 0.1], (10, 1))
    rings[::2, :2] = 0.4, 0.5  # the same pair the other way round
    assert len(duel.hardest_images(rings)) == 3
    assert len(duel.hardest_images(rings, of_each_pair=5)) == 5
    assert len(duel.hardest_images(rings, n=2)) == 2


def test_labels_play_no_part_in_the_choice():
    images = np.random.default_rng(1).integers(1, 255, (60, 28, 28), dtype=np.uint8)
    probabilities = random_probabilities(60)
    right, wrong = probabilities.argmax(axis=1), probabilities.argmin(axis=1)
    chosen = [Duel(images, labels, probabilities).images for labels in (right, wrong)]
    np.testing.assert_array_equal(*chosen)
    np.testing.assert_array_equal(chosen[0], images[duel.hardest_images(probabilities)])


def test_compare_counts():
    #                     you right, both, neither, network right, none given
    result = compare("Ob5gq", "obS9.", "0bSgq")
    assert result.scores == (2, 2)
    assert result.alone == (1, 1)
    assert result.given.tolist() == [True] * 4 + [False]
    classes, counts = result.confusion
    assert classes == tuple("59OSbg")
    assert counts.sum() == 4
    table = {(a, b): counts[i, j] for i, a in enumerate(classes) for j, b in enumerate(classes)}
    assert {pair for pair, count in table.items() if count} == {
        ("O", "O"), ("b", "b"), ("5", "S"), ("g", "9")
    }  # fmt: skip
    assert "Of 4 characters you read 2 as labelled, the network 2." in str(result)


@pytest.mark.parametrize(
    ("you", "network", "chance"), [(1, 0, 1), (6, 0, 2 / 64), (5, 3, 0.7265625), (2, 2, 1)]
)
def test_chance_is_that_of_tossed_coins(you, network, chance):
    labels = "a" * (you + network) + "bb"
    result = compare(
        labels, "a" * you + "b" * (network + 1) + "d", "b" * you + "a" * network + "bd"
    )
    assert result.alone == (you, network)
    assert result.p_value == pytest.approx(chance)
    assert ("is hardly chance" in str(result)) == (chance < 0.05)
    assert ("may well be chance" in str(result)) == (chance >= 0.05)


def test_a_draw_and_an_empty_sheet_are_described():
    assert "a draw" in str(compare("abd", "abd", "abd"))
    nothing = compare("ab", "..", "ab")
    assert nothing.confusion[0] == ()
    assert nothing.scores == (0, 0)
    assert "You have labelled none" in str(nothing)
    duel.draw_comparison(np.ones((2, 28, 28), np.uint8), nothing)


def test_answers_that_do_not_fit_are_reported():
    with pytest.raises(ValueError, match="3 labels, 2 answers of yours and 3 of the network"):
        compare("abd", "ab", "abd")
    with pytest.raises(ValueError, match="'é' is not one character"):
        compare("a", "é", "a")
    with pytest.raises(ValueError, match=r"'\.' is not one character"):
        compare("a", "a", ".")
    with pytest.raises(ValueError, match="a row of 47 probabilities"):
        Duel(np.ones((3, 28, 28), np.uint8), np.zeros(3), np.ones((3, 62)))


def test_the_comparison_is_drawn(spot):
    result = compare("O5", "0S", "O6")
    made = duel.draw_comparison(np.stack([spot, spot]), result)
    written = texts(made)
    assert {"label O", "label 5", "you 0 ✗\nnet O ✓", "you S ✗\nnet 6 ✗"} <= set(written)
    assert "you 0, network 1 right of 2" in written
    assert {"0", "5", "O", "S"} <= set(written)


@pytest.fixture
def sheet():
    """Five images of a duel, with labels that the network half knows."""
    images = np.random.default_rng(1).integers(1, 255, (5, 28, 28), dtype=np.uint8)
    probabilities = random_probabilities(5)
    labels = probabilities.argmax(axis=1)
    labels[::2] = 46
    return Duel(images, labels, probabilities)


def enter(toy, character):
    """Type a character and press Enter, as the page reports it."""
    toy.field.value = character
    send(toy.field, event="submit")


def test_enter_goes_through_all_images_to_the_comparison(sheet):
    truth = [BYMERGE.classes[label] for label in sheet.labels]
    wrong = "7" if truth[0] != "7" else "8"
    for number in range(5):
        assert f"Image {number + 1} of 5" in sheet.message.value
        assert "label" not in sheet.shown.value
        assert sheet.back.disabled == (number == 0)
        enter(sheet, truth[number] if number else wrong)
        assert sheet.field.value == ""
    assert sheet.finished
    assert sheet.result.scores[0] == 4
    assert str(sheet.result) in html.strip_tags(sheet.message.value)
    assert sheet.shown.value.count("<img") == 5
    assert f"label <b>{truth[0]}</b><br>you {wrong} ✗" in sheet.shown.value
    assert "<table" in sheet.shown.value
    assert sheet.field.disabled
    assert sheet.next.disabled
    assert sheet.back.disabled
    _, alt = shown(sheet)
    assert "Of 5 characters you read 4 as labelled" in alt


def test_labels_stay_a_secret_until_the_end(sheet):
    enter(sheet, "a")
    _, alt = shown(sheet)
    assert alt == "5 numbered characters, hard to read, to be labelled by you."
    assert {"1", "2", "3", "4", "5"} <= set(texts(sheet.figure()))
    assert not any(text.startswith(("label", "net")) for text in texts(sheet.figure()))


def test_back_shows_what_was_typed_and_lets_it_be_changed(sheet):
    enter(sheet, "a")
    sheet.field.value = "Q"
    sheet.next.click()
    assert "Image 3 of 5" in sheet.message.value
    sheet.back.click()
    assert "Image 2 of 5" in sheet.message.value
    assert sheet.field.value == "Q"
    enter(sheet, "5")
    assert "Image 3 of 5" in sheet.message.value
    assert [sheet.result.name(index) for index in sheet.yours] == ["a", "5", ".", ".", "."]


@pytest.mark.parametrize("typed", ["", "ab", "é", "."])
def test_what_is_no_answer_is_reported_and_asked_again(sheet, typed):
    enter(sheet, typed)
    assert "guess if you must" in note(sheet)
    assert "Image 1 of 5" in sheet.message.value
    enter(sheet, " 7 ")
    assert note(sheet) == ""
    assert "Image 2 of 5" in sheet.message.value


def test_an_error_in_the_duel_is_shown(sheet, monkeypatch):
    monkeypatch.setattr(html, "ink_image", lambda *_: 1 / 0)
    enter(sheet, "a")
    assert "ZeroDivisionError" in note(sheet)


def test_the_duels_controls_are_named(sheet):
    controls = every_control(sheet.widget)
    assert [control.description for control in controls] == ["It shows", "Back", "Next"]


def test_a_toy_keeps_its_last_picture_and_says_how_to_wake_it(monkeypatch):
    shown = []
    for place in (widget, last_picture):
        monkeypatch.setattr(place, "display", lambda data, **_: shown.append(data["text/html"]))
    monkeypatch.setattr(
        last_picture, "update_display", lambda data, **_: shown.append(data["text/html"])
    )
    toy = KernelWorkshop(G, "blur")
    toy._ipython_display_()
    live, last = shown
    assert "this notebook is not trusted" in live
    assert "run this cell again" in last
    assert "the kernel 0.1 0.1 0.1;" in last
    toy.set_kernel("left edges")  # without an event loop it is taken at once
    assert "the kernel -1 0 1;" in shown[-1]
