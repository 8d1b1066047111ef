"""What a value is called, and in one sentence where it comes from."""

from collections.abc import Sequence

from hwr._support.keras import keras
from hwr.interactive.explorer.origin import Origin
from hwr.interactive.explorer.steps import Network
from hwr.interactive.explorer.windows import Shape, window
from hwr.plots.base import counted

NAMES = {"relu": "ReLU", "leakyrelu": "LeakyReLU", "gelu": "GELU", "elu": "ELU"}
"""Activations whose usual names are not Keras's."""
AT_THE_SAME_PLACE = {
    "sum": "the sum of the values at the same place of {}",
    "product": "the product of the values at the same place of {}",
    "mean": "the mean of the values at the same place of {}",
}


class Words:
    """Names and describes the values of a network.

    Parameters
    ----------
    network : Network
    classes : sequence of str
        The names of the last layer's units; empty if they have none.
    """

    def __init__(self, network: Network, classes: Sequence[str] = ()) -> None:
        self.network, self.classes = network, classes

    def layer(self, number: int) -> str:
        """Return what a step is called."""
        return "the image" if number == 0 else self.network.steps[number].name

    def place(self, number: int, index: Shape) -> str:
        """Return what a value is called: ``'row 3, column 4 of map 0 of conv2d'``."""
        name = self.layer(number)
        if len(index) == 3:
            of_map = f"map {index[2]} of " if number else ""
            return f"row {index[0]}, column {index[1]} of {of_map}{name}"
        if self.classes and number == len(self.network.steps) - 1:
            return f"the {self.answer} of {self.classes[index[0]]}"
        return f"unit {index[0]} of {name}"

    @property
    def answer(self) -> str:
        """What the last layer gives for each class: 'probability' or 'logit'."""
        layer = self.network.steps[-1].layer
        final = getattr(getattr(layer, "activation", None), "__name__", "")
        whole = isinstance(layer, keras.layers.Softmax) or final in ("softmax", "sigmoid")
        return "probability" if whole else "logit"

    def source_map(self, origin: Origin, channel: int) -> str:
        """Return the name of the map that a part of a patch lies on."""
        region = origin.regions[0]
        if region.number == 0:
            return "the image"
        return f"map {region.channels[channel]} of {self.layer(region.number)}"

    def sentence(self, origin: Origin) -> str:
        """Return what a value is and what it comes from."""
        place = self.place(origin.number, origin.index)
        told = getattr(self, f"_{origin.kind}", self._same_place)(origin)
        return f"{place[0].upper()}{place[1:]} is {rounded(origin.value)}: {told}."

    # --- how a layer of each kind computes a value: the end of the sentence --------------------

    def _kind(self, origin: Origin) -> str:
        return type(self.network.steps[origin.number].layer).__name__

    def _sources(self, origin: Origin) -> str:
        return " and ".join(self.layer(region.number) for region in origin.regions)

    def _map(self, origin: Origin) -> str:
        """Return the name of the map that a window lies on."""
        region = origin.regions[0]
        one = f"map {region.channels[0]} of " if region.number and len(region.channels) == 1 else ""
        return f"{one}{self.layer(region.number)}"

    def _image(self, origin: Origin) -> str:
        return "a pixel's ink, from 0 for paper to 1"

    def _convolution(self, origin: Origin) -> str:
        rows, columns, maps = origin.inputs.shape
        patch = f"the {rows} × {columns} patch of {self._map(origin)}"
        patch += f" in each of {maps} maps" if maps > 1 else ""
        edge = "" if origin.inside.all() else ", 0 beyond the edge,"
        return (
            f"{patch}{edge} times kernel {origin.index[2]}, number by number, sums up to "
            f"{rounded(origin.products.sum())}{self._finish(origin)}"
        )

    def _dense(self, origin: Origin) -> str:
        return (
            f"the {len(origin.inputs):,} values of {self._sources(origin)}, each times a weight of "
            f"its own, sum up to {rounded(origin.products.sum())}{self._finish(origin)}"
        )

    def _finish(self, origin: Origin) -> str:
        """Return what is done after the sum: the bias, and the activation."""
        told = ""
        if self.network.steps[origin.number].layer.use_bias:
            told = f"; with the bias, {rounded(origin.bias)}, that is {rounded(origin.before)}"
        if origin.activation == "relu":
            return told + ("; ReLU keeps it" if origin.before > 0 else "; ReLU makes it 0")
        if origin.activation:
            told += f"; {activation_name(origin)} makes {rounded(origin.result)} of it"
        return told

    def _scale(self, origin: Origin) -> str:
        own = f"{rounded(origin.inputs[0])} of {self._sources(origin)}"
        if not origin.parameters:
            return f"{own}, times {rounded(origin.weights[0])}, plus {rounded(origin.bias)}"
        mean, deviation, gamma, beta = map(rounded, origin.parameters.values())
        return (
            f"{own}, less the mean that was usual in training, {mean}, divided by the standard "
            f"deviation, {deviation}, times gamma, {gamma}, plus beta, {beta}"
        )

    def _largest(self, origin: Origin) -> str:
        return self._chosen(origin, "largest")

    def _smallest(self, origin: Origin) -> str:
        return self._chosen(origin, "smallest")

    def _chosen(self, origin: Origin, which: str) -> str:
        if origin.inputs.ndim == 1:
            winner = self.layer(origin.regions[origin.winner[0]].number)
            sources = self._sources(origin)
            return f"the {which} of the values at the same place of {sources}, here of {winner}"
        box = origin.regions[0].box
        row, column = box.top + origin.winner[0], box.left + origin.winner[1]
        return f"the {which} of the {self._window(origin)}, found at row {row}, column {column}"

    def _window(self, origin: Origin) -> str:
        rows, columns = origin.inputs.shape[:2]
        edge = "" if origin.inside.all() else f", {int(origin.inside.sum())} of them not padding"
        return f"{rows} × {columns} values in a window on {self._map(origin)}{edge}"

    def _mean(self, origin: Origin) -> str:
        if origin.inputs.ndim == 1:
            return self._same_place(origin)
        return f"the mean of the {self._window(origin)}"

    def _same_place(self, origin: Origin) -> str:
        return AT_THE_SAME_PLACE[origin.kind].format(self._sources(origin))

    def _function(self, origin: Origin) -> str:
        own = f"{rounded(origin.inputs[0])} of {self._sources(origin)}"
        if origin.activation == "relu":
            return f"{own}, which ReLU {'keeps' if origin.inputs[0] > 0 else 'makes 0'}"
        return f"{activation_name(origin)} of {own}"

    def _moved(self, origin: Origin) -> str:
        if not origin.regions:
            return f"padding, which {self._kind(origin)} put there"
        region = origin.regions[0]
        units, maps = (region.box.left,), region.channels
        index = (*region.box[:2], maps[0]) if maps else units
        came = self.place(region.number, index)
        return f"{self._kind(origin)} only gives values other places; this was {came}"

    def _idle(self, origin: Origin) -> str:
        source = self._sources(origin)
        return f"as in {source}, for {self._kind(origin)} does nothing when a network reads"

    def _unknown(self, origin: Origin) -> str:
        kind = self._kind(origin)
        return f"computed by a {kind} layer, which the Explorer shows but cannot take apart"


def rounded(value: float) -> str:
    """Return a number with three significant digits and a true minus sign."""
    text = f"{value:.1e}" if 0 < abs(value) < 0.001 else f"{value + 0.0:.3g}"
    return text.replace("-", "−")


def activation_name(origin: Origin) -> str:
    """Return the activation as it is written in a text."""
    return NAMES.get(origin.activation, origin.activation)


def title(network: Network, at: int) -> str:
    """Return the line above a step's maps: its name, what it does, and the shape of its output."""
    step, shape = network.steps[at], network.shapes[at]
    kind = type(step.layer).__name__
    over = window(step.layer, network.shapes[step.sources[0]]) if step.sources else None
    size = f" {over.size[0]} × {over.size[1]}" if over else ""
    activation = getattr(getattr(step.layer, "activation", None), "__name__", "linear")
    then = "" if activation in ("linear", step.name) else f", {NAMES.get(activation, activation)}"
    if len(shape) == 1:
        return f"{step.name}: {kind}{then}, {counted(shape[0], 'unit')}"
    maps = f"{counted(shape[2], 'map')} of {shape[0]} × {shape[1]}"
    return f"{step.name}: {kind}{size}{then}, {maps}"
