"""Arrays over a grid to rows: x of 3, t of 2 and u of 3 by 2 are six rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_MOST_AXES = 6  # orders of axes that are tried, at most 720


def as_rows(arrays: Mapping[str, Array], coordinates: Sequence[str]) -> dict[str, Array] | None:
    """Columns of equal length, or None where the shapes fit neither rows nor a grid.

    Arrays of equal size are columns already. Otherwise each coordinate is an axis, and the others
    have a value at each point of the grid: their axes are in the order of the coordinates where
    that fits, else in the only order in which it does, as u of 2 by 3 for x of 3 and t of 2.

    Args:
        arrays: name to array of any shape.
        coordinates: names of those that are coordinates, in their order.
    """
    if len({array.size for array in arrays.values()}) == 1:
        return {name: array.reshape(-1) for name, array in arrays.items()}
    axes = [arrays[name].reshape(-1) for name in coordinates]
    shape = tuple(len(axis) for axis in axes)
    if len(shape) > _MOST_AXES:
        return None
    found = dict(zip(coordinates, np.meshgrid(*axes, indexing="ij"), strict=True))
    for name, array in arrays.items():
        if name not in found:
            value = _in_order(array, shape)
            if value is None:
                return None
            found[name] = value
    return {name: found[name].reshape(-1) for name in arrays}


def _in_order(array: Array, shape: tuple[int, ...]) -> Array | None:
    """The array with its axes in the order of a shape."""
    kept = np.squeeze(array)
    wanted = tuple(n for n in shape if n > 1)
    if kept.shape == wanted:
        return kept.reshape(shape)
    fitting = [
        order
        for order in permutations(range(kept.ndim))
        if tuple(kept.shape[axis] for axis in order) == wanted
    ]
    return kept.transpose(fitting[0]).reshape(shape) if len(fitting) == 1 else None
