"""A training shows how far it is, in a notebook and a terminal, and leaves nothing behind."""

import sys
from types import SimpleNamespace

import pytest

from hwr._support import progress
from hwr._support.progress import Progress
from hwr._support.training_progress import ShowProgress


class Screen:
    """Stands for a notebook: takes what is displayed."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def display(self, html: str) -> None:
        self.shown.append(html)

    def update(self, content: str | dict[str, str], raw: bool = False) -> None:
        self.shown.append(content["text/html"] if isinstance(content, dict) else content)


@pytest.fixture
def screen(monkeypatch) -> Screen:
    made = Screen()
    display = SimpleNamespace(DisplayHandle=lambda: made, HTML=lambda text: text)
    shell = SimpleNamespace(kernel=object())
    ipython = SimpleNamespace(get_ipython=lambda: shell, display=display)
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setattr(progress, "SECONDS_BETWEEN", -1)
    return made


def test_a_notebook_shows_epoch_share_and_loss_and_then_nothing(screen):
    shown = ShowProgress(epochs=3, batches=10)
    shown.on_epoch_begin(1)
    shown.on_train_batch_end(4, {"loss": 0.5})
    assert screen.shown[-1] == (
        '<progress value="15" max="30" aria-label="epoch 2 of 3, loss 0.50"></progress> '
        "epoch 2 of 3, loss 0.50"
    )
    shown.bar.close()
    assert screen.shown[-1] == ""


def test_the_number_of_steps_may_become_known_later(screen):
    bar = Progress(1)
    bar.show(12, "lines", total=40)
    assert screen.shown[-1] == '<progress value="12" max="40" aria-label="lines"></progress> lines'
    bar.show(13, "lines")
    assert 'value="13" max="40"' in screen.shown[-1]


def test_a_notebook_is_not_flooded(screen, monkeypatch):
    monkeypatch.setattr(progress, "SECONDS_BETWEEN", 1000)
    bar = Progress(5)
    bar._shown = 1e12
    bar.show(1, "now")
    assert len(screen.shown) == 1


def test_a_file_gets_nothing(monkeypatch, capsys):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    bar = Progress(2)
    bar.show(1, "half")
    bar.close()
    assert capsys.readouterr() == ("", "")
