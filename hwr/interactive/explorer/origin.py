"""Where one value of a network comes from: the terms that it is computed from.

That they give the network's own value is tested for all networks of :mod:`hwr.models`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hwr.interactive.explorer.layers import Asked, Floats, Kind, Region, take_apart
from hwr.interactive.explorer.steps import Network, Values
from hwr.interactive.explorer.windows import Box, Shape, box_of, receptive_field


@dataclass(frozen=True, eq=False)
class Origin:
    """Where a value comes from.

    Attributes
    ----------
    number : int
        Of the step that it belongs to.
    index : tuple of int
        Its row, column and map, or its unit.
    value : float
        What the network computed.
    kind : str
        How it was computed, see :data:`Kind`.
    inputs : ndarray of float64
        The values it was computed from: shape (rows, columns, maps) for a window, else (n,).
    weights : ndarray of float64, same shape
        What each is multiplied by.
    inside : ndarray of bool, same shape
        False where padding stands in for a value.
    bias : float
    before : float
        The result before the activation: for all kinds that sum, the sum of the products and bias.
    activation : str
        The name of the activation; empty if there is none.
    result : float
        What the terms give: the value, but for float32's rounding.
    regions : tuple of Region
        Where the inputs stand.
    field : Box
        The part of the image that it depends on.
    parameters : dict of str to float
        For BatchNorm: mean, deviation, gamma and beta.
    """

    number: int
    index: Shape
    value: float
    kind: Kind
    inputs: Floats
    weights: Floats
    inside: NDArray[np.bool_]
    bias: float
    before: float
    activation: str
    result: float
    regions: tuple[Region, ...]
    field: Box
    parameters: dict[str, float]

    @property
    def products(self) -> Floats:
        """Each input times its weight."""
        return self.inputs * self.weights

    @property
    def winner(self) -> tuple[int, ...]:
        """The place of the largest or the smallest input, as an index of :attr:`inputs`."""
        worst = -np.inf if self.kind == "largest" else np.inf
        judged = np.where(self.inside, self.inputs, worst)
        best = judged.argmax() if self.kind == "largest" else judged.argmin()
        return tuple(int(at) for at in np.unravel_index(best, judged.shape))


def explain(network: Network, values: Values, number: int, index: Shape) -> Origin:
    """Return where a value comes from.

    Parameters
    ----------
    network : Network
    values : list of ndarray
        As :meth:`Network.run` returned them.
    number : int
        Of the step.
    index : tuple of int
        Row, column and map of the value; or its unit.
    """
    asked = Asked(network, values, number, index)
    parts = take_apart(asked)
    inputs = parts.inputs
    weights = np.ones_like(inputs) if parts.weights is None else parts.weights
    before = float((inputs * weights).sum() + parts.bias) if parts.before is None else parts.before
    return Origin(
        number=number,
        index=index,
        value=asked.value,
        kind=parts.kind,
        inputs=inputs,
        weights=weights,
        inside=np.ones(inputs.shape, bool) if parts.inside is None else parts.inside,
        bias=parts.bias,
        before=before,
        activation=parts.activation,
        result=before if parts.result is None else parts.result,
        regions=parts.regions,
        field=receptive_field(network, number, index),
        parameters=parts.parameters,
    )


def regions(origin: Origin, most: int = 8) -> tuple[Region, ...]:
    """Return the parts of other layers to point at: of many units, the largest contributions."""
    if origin.kind == "unknown":
        return ()
    if origin.kind != "dense" or origin.regions[0].channels:
        return origin.regions
    source, order = origin.regions[0].number, np.argsort(-np.abs(origin.products), kind="stable")
    return tuple(Region(source, box_of((int(unit),)), range(0)) for unit in order[:most])
