"""A solution on a grid over all of its inputs, as a NetCDF file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pdedsl.runs import write_bytes

from ..grids import axes, outside, tensor_points
from .labelled import with_units
from .scene import check_inside

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution

_MOST = 20_000_000  # values of a field, 160 MB
_VALUES = {1: 1001, 2: 201, 3: 51}  # on each axis, by their number; few megabytes
_FEW = 21  # where there are more axes


def write_grid(solution: Solution, path: Path, cells: int | None, at: Mapping[str, float]) -> Path:
    """Write the fields at equally spaced values of every input; NaN outside of the domain.

    Args:
        solution: what is written.
        path: of the file, NetCDF of version 3.
        cells: intervals of each axis; None for what makes few megabytes.
        at: inputs with one value, which have no axis but stand as coordinates.

    Raises:
        ImportError: xarray is not installed; the message says how to get it.
        ValueError: there is no such input, its value lies outside, or the grid is too large.
        OSError: the file cannot be written.
    """
    try:
        import xarray
    except ImportError as error:
        raise ImportError(
            "a .nc file needs the package xarray: pip install 'pdedsl[xarray]'"
        ) from error
    problem = solution.problem
    _check(solution, at)
    free = [name for name in problem.dimension_names if name not in at]
    count = cells + 1 if cells is not None else _VALUES.get(len(free), _FEW)
    if count ** len(free) > _MOST:
        raise ValueError(
            f"{count} values on each of {len(free)} axes are too many; take fewer with --cells, or "
            f"give one of them a value, as in --at {free[-1]}=0.5"
        )
    values = axes(problem, count) | {name: np.array([value]) for name, value in at.items()}
    points = tensor_points({name: values[name] for name in problem.dimension_names})
    far = outside(problem, points)
    shape = [count] * len(free)
    fields = solution.at(np.where(far[:, None], _somewhere(points, far), points))
    made = xarray.Dataset(
        {name: (free, np.where(far, np.nan, own).reshape(shape)) for name, own in fields.items()},
        coords={name: (name, values[name]) if name in free else at[name] for name in values},
        attrs={"title": problem.title, "method": solution.provenance.method, "source": "pdedsl"},
    )
    made = with_units(made, problem.units)
    write_bytes(path, bytes(made.to_netcdf(engine="scipy")))
    return path


def _somewhere(points: np.ndarray, far: np.ndarray) -> np.ndarray:
    """A point of the domain, in place of those outside."""
    return points[int(np.argmin(far))]


def _check(solution: Solution, at: Mapping[str, float]) -> None:
    problem = solution.problem
    known = {symbol.name: symbol for symbol in problem.inputs}
    for name, value in at.items():
        if name not in known:
            raise ValueError(f"{name} is no input; they are {', '.join(known)}")
        check_inside(problem, known[name], value)
