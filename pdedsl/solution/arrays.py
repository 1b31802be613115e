"""Keyword coordinates of any shape to rows of points."""

from __future__ import annotations

import re
from collections.abc import Mapping
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
    given = _split(problem, values)
    names = problem.dimension_names
    missing = [name for name in names if name not in given]
    extra = [name for name in given if name not in names]
    if missing or extra:
        what = f"missing {', '.join(missing)}" if missing else f"unknown {', '.join(extra)}"
        raise TypeError(f"{what}; the coordinates are {', '.join(names)}")
    arrays = np.broadcast_arrays(*(np.asarray(given[name], dtype=np.float64) for name in names))
    return np.stack([array.ravel() for array in arrays], axis=1), arrays[0].shape


def _split(problem: Problem, values: Mapping[str, ArrayLike]) -> dict[str, ArrayLike]:
    groups: dict[str, list[str]] = {}
    for name in problem.dimension_names:
        match = _INDEXED.fullmatch(name)
        if match:
            groups.setdefault(match[1], []).append(name)
    given: dict[str, ArrayLike] = {}
    for name, value in values.items():
        if name not in groups:
            given[name] = value
            continue
        array = np.asarray(value, dtype=np.float64)
        if array.ndim == 0 or array.shape[-1] != len(groups[name]):
            raise ValueError(
                f"{name} needs {len(groups[name])} coordinates along its last axis,"
                f" its shape is {array.shape}"
            )
        given |= {key: array[..., i] for i, key in enumerate(groups[name])}
    return given


def as_tensor(points: NDArray[np.float64], like: Any) -> Any:
    """Points as a tensor of the precision of another one, on its device."""
    import torch

    return torch.as_tensor(np.ascontiguousarray(points), dtype=like.dtype, device=like.device)
