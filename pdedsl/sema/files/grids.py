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

    Arrays of equal size are columns already. Otherwise each coordinate is an axis, or, where the
    others have not as many values, those of equal size are one axis together. The others have a
    value at each point of the grid: their axes are in the order of the coordinates where that fits,
    else in the only order in which it does, as u of 2 by 3 for x of 3 and t of 2.

    Args:
        arrays: name to array of any shape.
        coordinates: names of those that are coordinates, in their order.
    """
    if len({array.size for array in arrays.values()}) == 1:
        return {name: array.reshape(-1) for name, array in arrays.items()}
    if len(coordinates) > _MOST_AXES:
        return None
    groups = [[name] for name in coordinates]
    return _on_grid(arrays, groups) or _on_grid(arrays, _of_one_size(arrays, coordinates))


def _of_one_size(arrays: Mapping[str, Array], coordinates: Sequence[str]) -> list[list[str]]:
    """Coordinates of equal size together, as of points in space beside some times."""
    groups: dict[int, list[str]] = {}
    for name in coordinates:
        groups.setdefault(arrays[name].size, []).append(name)
    return list(groups.values())


def _on_grid(
    arrays: Mapping[str, Array], groups: Sequence[Sequence[str]]
) -> dict[str, Array] | None:
    """Columns of a grid whose axes are groups of coordinates, None where others do not fit it."""
    shape = tuple(arrays[own[0]].size for own in groups)
    found: dict[str, Array] = {}
    for axis, own in enumerate(groups):
        turned = tuple(-1 if k == axis else 1 for k in range(len(groups)))
        found |= {n: np.broadcast_to(arrays[n].reshape(turned), shape) for n in own}
    for name, array in arrays.items():
        if name not in found:
            value = _in_order(array, shape)
            if value is None:
                return None
            found[name] = value
    return {name: found[name].reshape(-1) for name in arrays}


def in_order_of(
    arrays: Mapping[str, Array], axes: Mapping[str, Sequence[str]], coordinates: Sequence[str]
) -> dict[str, Array]:
    """Arrays with named axes in the order of the coordinates that run along these.

    Args:
        arrays: name to array.
        axes: names of the axes of each array, where they are known.
        coordinates: names of those that are coordinates, in their order.
    """
    order = [axis for name in coordinates for axis in axes.get(name, ())]
    found = dict(arrays)
    for name, own in axes.items():
        if arrays[name].ndim == len(own) and set(own) <= set(order):
            places = sorted(range(len(own)), key=lambda place: order.index(own[place]))
            found[name] = arrays[name].transpose(places)
    return found


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
