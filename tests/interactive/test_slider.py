"""A slider and its field agree, whichever is changed; ``interact`` takes it; Play moves it."""

import asyncio

import pytest
from ipywidgets import interactive

from hwr.interactive.player import Player
from hwr.interactive.slider import Slider


@pytest.mark.parametrize("limits", [(3, -10, 10, 1), (1, 0.4, 1.6, 0.1)])
def test_its_parts_agree(limits):
    slider = Slider("Down", *limits)
    assert slider.value == slider.field.value == slider.slider.value == limits[0]
    for part in (slider.field, slider.slider, slider):
        part.value = limits[2] - limits[3]
        assert slider.value == slider.field.value == slider.slider.value == part.value
        slider.value = limits[1]


def test_what_is_out_of_bounds_is_brought_back():
    slider = Slider("Down", 0, -10, 10)
    slider.field.value = 99
    assert slider.value == slider.slider.value == 10


def test_interact_takes_it():
    seen = []

    def note(step):
        seen.append(step)

    slider = Slider("step", 2, 0, 8)
    interactive(note, step=slider).update()
    slider.field.value = 5
    assert seen[0] == 2
    assert seen[-1] == 5


def test_its_upper_limit_can_be_moved():
    slider = Slider("step", 8, 1, 9)
    slider.high = 4
    assert slider.value == slider.field.value == slider.slider.value == 4
    slider.high = 20
    slider.value = 15
    assert slider.high == 20
    assert slider.value == slider.field.value == slider.slider.value == 15


def play(slider, *actions):
    """Play a slider with these actions one after another, and return the values it passes."""
    passed = []
    slider.observe(lambda change: passed.append(change["new"]), "value")
    player = Player(slider, 0.01)

    async def use():
        player.click()
        for action in actions:
            await asyncio.sleep(0)
            action(player)
        while player.playing is not None:
            await asyncio.sleep(0)

    asyncio.run(use())
    assert (player.description, player.icon) == ("Play", "play")
    return passed


def test_play_goes_on_from_where_the_slider_is_and_at_its_end_from_the_beginning():
    assert play(Slider("step", 6, 1, 8)) == [7, 8]
    assert play(Slider("step", 3, 1, 3)) == [1, 2, 3]


def test_play_says_pause_while_it_plays_and_pauses():
    named = []

    def pause(player):
        named.append((player.description, player.icon))
        player.click()

    assert play(Slider("step", 1, 1, 8), pause) == [2]
    assert named == [("Pause", "pause")]


def test_a_second_press_before_it_has_begun_does_not_wedge_it():
    slider = Slider("step", 1, 1, 8)
    player = Player(slider, 0)

    async def press_twice():
        player.click()
        player.click()
        await asyncio.sleep(0.01)
        assert (slider.value, player.playing, player.description) == (1, None, "Play")

    asyncio.run(press_twice())


def test_who_moves_the_slider_while_it_plays_is_followed():
    slider = Slider("step", 1, 1, 8)
    assert play(slider, lambda _: setattr(slider, "value", 6)) == [2, 6, 7, 8]
    slider.value = 1
    assert play(slider, lambda _: setattr(slider, "high", 3))[-1] == 3
