"""What stand-alone files consist of: models in NumPy. The text of what one needs is copied into it.

Nothing here may use anything but `base64`, NumPy, and other functions of this file. A model is a
function from points (n, inputs) to values (n, outputs), the functions of an axis one from (n,) to
(n, count). The formulas are those of `pdedsl.models`, where their sources are given.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Model = Callable[[Array], Array]


def _array(text: str, *shape: int) -> Array:
    """Numbers of double precision, little-endian, in base64."""
    return np.frombuffer(base64.b64decode(text), "<f8").reshape(shape).astype(float)


def _field(
    model: Model, outputs: Sequence[int], coordinates: Sequence[ArrayLike], vector: bool
) -> Array:
    """Outputs of a model at coordinates that broadcast; components of a vector come first."""
    given = np.broadcast_arrays(*(np.asarray(c, dtype=float) for c in coordinates))
    points = np.stack([c.ravel() for c in given], axis=1)
    values = np.empty((len(points), len(outputs)))
    for start in range(0, len(points), 1024):  # tables of many functions are kept small
        some = slice(start, start + 1024)
        values[some] = model(points[some])[:, outputs]
    found = values.T.reshape(len(outputs), *given[0].shape)
    return found if vector else found[0]


def _sum(models: Sequence[Model]) -> Model:
    """The sum of models."""

    def values(x: Array) -> Array:
        total = models[0](x)
        for model in models[1:]:
            total = total + model(x)
        return total

    return values


def _columns(models: Sequence[tuple[Model, Sequence[int]]]) -> Model:
    """Chosen outputs of several models, side by side."""

    def values(x: Array) -> Array:
        return np.concatenate([model(x)[:, outputs] for model, outputs in models], axis=1)

    return values


def _windows(axis: int, edges: Sequence[float], pieces: Sequence[Model]) -> Model:
    """A model for each interval between two edges of one input."""

    def values(x: Array) -> Array:
        where = np.searchsorted(edges[1:-1], x[:, axis], side="right")
        order = np.argsort(where, kind="stable")
        numbers, starts = np.unique(where[order], return_index=True)
        groups = np.split(order, starts[1:])
        parts = [pieces[k](x[here]) for k, here in zip(numbers, groups, strict=True)]
        found = np.concatenate(parts) if parts else pieces[0](x)
        return found[np.argsort(order)]

    return values


def _parts(cuts: Sequence[tuple[int, Sequence[float]]], pieces: Sequence[Model]) -> Model:
    """A model for each part of a domain that is cut across axes, the last axis fastest."""

    def values(x: Array) -> Array:
        number = np.zeros(len(x), dtype=int)
        for axis, places in cuts:
            number = number * (len(places) + 1) + np.searchsorted(places, x[:, axis])
        found: Array | None = None
        for k in np.unique(number) if len(x) else [0]:
            own = pieces[k](x[number == k])
            found = np.empty((len(x), own.shape[1])) if found is None else found
            found[number == k] = own
        assert found is not None
        return found

    return values


def _exact(lift: Model, factor: Model, model: Model) -> Model:
    """A model that meets conditions: G + B N."""

    def values(x: Array) -> Array:
        return lift(x) + factor(x) * model(x)

    return values


def _blend(
    lines: Sequence[Model], places: Sequence[Sequence[int]], pieces: Sequence[Model]
) -> Model:
    """Models weighted by windows that sum to one along each axis."""

    def values(x: Array) -> Array:
        weights = [line(x[:, i]) for i, line in enumerate(lines)]
        total = 0 * pieces[0](x[:1]).repeat(len(x), axis=0)
        for place, piece in zip(places, pieces, strict=True):
            own = np.prod([w[:, k] for w, k in zip(weights, place, strict=True)], axis=0)
            here = own != 0
            if here.any():
                total[here] += own[here, None] * piece(x[here])
        return total

    return values


def _window_line(kind: str, lower: float, upper: float, count: int, width: float) -> Model:
    """Windows along an axis, over their sum: cosines to the fourth power, or sigmoids."""
    distance = (upper - lower) / max(count - 1, 1)
    half, tail = width * distance / 2, 1e-8
    rise = min(2 * half - distance, half)
    scale = rise / (2 * np.log((1 - tail) / tail))

    def window(x: Array, middle: float) -> Array:
        start, end = middle - half, middle + half
        if kind == "cosine":
            own = np.cos((x - (start + end) / 2) * (np.pi / (end - start))) ** 4
        else:
            up, down = (x - (start + rise / 2)) / scale, (end - rise / 2 - x) / scale
            own = 1 / (1 + np.exp(-up)) / (1 + np.exp(-down))
        return np.where((x > start) & (x < end), own, 0.0)

    def values(x: Array) -> Array:
        if count == 1:
            return np.ones((len(x), 1))
        near = np.clip(x, lower, upper)
        own = np.stack([window(near, lower + k * distance) for k in range(count)], axis=1)
        return own / own.sum(axis=1, keepdims=True)

    return values


def _fixed(function: Callable[[Array], Sequence[ArrayLike]]) -> Model:
    """A model of given functions of points (n, inputs), numbers among them."""

    def values(x: Array) -> Array:
        return np.stack([np.broadcast_to(own, len(x)) for own in function(x)], axis=1)

    return values
