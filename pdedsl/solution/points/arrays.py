"""Keyword coordinates of any shape to rows of points."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pdedsl.ir import Problem

_INDEXED = re.compile(r"(.+)\[\d+\]")


def as_points(
    problem: Problem, values: Mapping[str, ArrayLike]
) -> tuple[NDArray[np.float64], tuple[int, ...]]:
    """Rows of shape (n, inputs), and the shape that the coordinates broadcast to.

    Coordinates ``x[1]``, …, ``x[n]`` may be given by those names, or together as ``x`` with
    the coordinate along the last axis.

    Raises:
        TypeError: a coordinate is missing or not one of the problem's.
        ValueError: the shapes do not broadcast.
    """
    found = by_input(problem, values, np.asarray)
    arrays = np.broadcast_arrays(*(np.asarray(value, dtype=np.float64) for value in found))
    return np.stack([array.ravel() for array in arrays], axis=1), arrays[0].shape


def by_input(
    problem: Problem, values: Mapping[str, Any], as_array: Callable[[Any], Any]
) -> list[Any]:
    """The values of the inputs in their order, those of vectors taken apart by `as_array`.

    Raises:
        TypeError: a coordinate is missing or not one of the problem's.
        ValueError: a vector has not as many components.
    """
    given = _split(problem, values, as_array)
    names = problem.dimension_names
    missing = [name for name in names if name not in given]
    extra = [name for name in given if name not in names]
    if missing or extra:
        what = f"missing {', '.join(missing)}" if missing else f"unknown {', '.join(extra)}"
        raise TypeError(f"{what}; the coordinates are {', '.join(names)}")
    return [given[name] for name in names]


def _split(
    problem: Problem, values: Mapping[str, Any], as_array: Callable[[Any], Any]
) -> dict[str, Any]:
    groups: dict[str, list[str]] = {}
    for name in problem.dimension_names:
        match = _INDEXED.fullmatch(name)
        if match:
            groups.setdefault(match[1], []).append(name)
    given: dict[str, Any] = {}
    for name, value in values.items():
        if name not in groups:
            given[name] = value
            continue
        array = as_array(value)
        if array.ndim == 0 or array.shape[-1] != len(groups[name]):
            raise ValueError(
                f"{name} needs {len(groups[name])} coordinates along its last axis,"
                f" its shape is {tuple(array.shape)}"
            )
        given |= {key: array[..., i] for i, key in enumerate(groups[name])}
    return given


def as_tensor(points: NDArray[np.float64], like: Any) -> Any:
    """Points as a tensor of the precision of another one, on its device."""
    import torch

    return torch.as_tensor(np.ascontiguousarray(points), dtype=like.dtype, device=like.device)
