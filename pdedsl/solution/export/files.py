"""A solution in a file, by its ending: on a mesh, on a grid (nc), or as functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from pdedsl.runs import write_bytes, write_text

from .grid import write_grid
from .scene import Scene, check_inside, ends_of, scene_of
from .standalone import write_onnx, write_pt2, write_python
from .tables import packed, table
from .vtu import pvd_text, vtu_text

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution

FORMATS = {
    ".vtu": "a grid of VTK, for ParaView and the like",
    ".pvd": "such grids over time, with a file of their moments",
    ".csv": "a row for each point",
    ".npz": "points, cells and fields as arrays of numpy",
    ".nc": "a grid over all inputs, NetCDF, as xarray reads it",
    ".py": "functions in NumPy, or in PyTorch of networks, which need no pdedsl",
    ".pt2": "a network as a program of torch.export",
    ".onnx": "a network as a model of ONNX",
}
_WHOLE = {".py": write_python, ".pt2": write_pt2, ".onnx": write_onnx}
CELLS = {1: 1000, 2: 100, 3: 24}
"""Simplices along the longest side, by dimension: seconds, and some megabytes."""

_MOST_ROWS = 5_000_000  # of a table, half a gigabyte of text


def export(
    solution: Solution,
    path: Path,
    cells: int | None = None,
    at: Mapping[str, float] | None = None,
    times: int = 11,
    tell: Callable[[str], None] | None = None,
) -> list[Path]:
    """Write the fields on a mesh of the domains.

    Time without a value runs from end to end in ``pvd``, ``csv`` and ``npz``, and is its end in a
    ``vtu``. What depends on time alone is written on a line of it.

    Args:
        solution: what is written.
        path: whose ending says how.
        cells: simplices along the longest side.
        at: values of the inputs that are no space coordinates.
        times: moments of time, where it runs, both ends among them.
        tell: called with a sentence on the moments that were taken where none was asked for.

    Returns:
        The files.

    Raises:
        ValueError: there is no mesh, an unknown ending, or an input without a value or beyond it.
        UserError: E803, the solution has no such form.
        ImportError: a package that the form needs is not installed; the message says how to get it.
        OSError: the files cannot be written.
    """
    problem, given = solution.problem, dict(at or {})
    if path.suffix not in FORMATS:
        raise ValueError(f"the ending {path.suffix!r} is none of {', '.join(FORMATS)}")
    if path.suffix in _WHOLE and (at or cells):
        raise ValueError("the functions themselves are written, without values of inputs or cells")
    if path.suffix in _WHOLE:
        return _WHOLE[path.suffix](solution, path)
    if path.suffix == ".nc":
        return [write_grid(solution, path, cells, given)]
    dimension = problem.domains[0].region.dimension if problem.domains else 1
    scene = scene_of(problem, cells or CELLS.get(dimension, 1))
    moving = next((s for s in scene.others if problem.time and s == problem.time.symbol), None)
    if moving is None or moving.name in given:
        _check(scene, solution, given)
        if path.suffix == ".pvd":
            return _series(scene, solution, path, given, None, [0.0])
        return [_write(scene, solution, path, [given])]
    first, last = ends_of(problem, moving)
    _check(scene, solution, {**given, moving.name: last})
    tell = tell or (lambda _: None)
    if path.suffix == ".vtu":
        tell(f"{moving} = {last:g}, its end; --at {moving}={first:g} takes another, .pvd several")
        return [_write(scene, solution, path, [{**given, moving.name: last}])]
    moments = np.linspace(first, last, times).tolist()
    if path.suffix == ".pvd":
        return _series(scene, solution, path, given, moving.name, moments)
    _check_length(len(scene.mesh.points), times, f"{moving}={last:g}")
    tell(
        f"{moving} at {times} moments from {first:g} to {last:g}; --times takes more of them, "
        f"--at {moving}={last:g} one"
    )
    return [_write(scene, solution, path, [{**given, moving.name: t} for t in moments], moving)]


def _check_length(points: int, times: int, end: str) -> None:
    """That a table has a size that programs can read."""
    if points * times > _MOST_ROWS:
        raise ValueError(
            f"{times} moments of {points} points are too many for a table; take fewer with --times "
            f"or --cells, or one moment with --at {end}"
        )


def _check(scene: Scene, solution: Solution, given: Mapping[str, float]) -> None:
    problem, others = solution.problem, {s.name: s for s in scene.others}
    for name, value in given.items():
        if name not in others:
            raise ValueError(f"{name} is no input beside the space coordinates")
        check_inside(problem, others[name], value)
    if lacking := [name for name in others if name not in given]:
        low, high = ends_of(problem, others[lacking[0]])
        raise ValueError(
            f"{lacking[0]} needs a value in [{low:g}, {high:g}], as in --at {lacking[0]}={high:g}"
        )


def _series(
    scene: Scene, solution: Solution, path: Path, given: Mapping[str, float],
    moving: str | None, moments: Sequence[float],
) -> list[Path]:  # fmt: skip
    """A file of moments, and one beside it for each."""
    names = [path.with_name(f"{path.stem}_{i:03d}.vtu") for i in range(len(moments))]
    for t, name in zip(moments, names, strict=True):
        _write(scene, solution, name, [given if moving is None else {**given, moving: t}])
    write_text(path, pvd_text(moments, [name.name for name in names]))
    return [path, *names]


def _write(
    scene: Scene, solution: Solution, path: Path, at: Sequence[Mapping[str, float]],
    moving: sp.Symbol | None = None,
) -> Path:  # fmt: skip
    """One file; of several moments where an input is moving."""
    fields = [scene.fields(solution, given) for given in at]
    moments = None if moving is None else (moving.name, [given[moving.name] for given in at])
    if path.suffix == ".vtu":
        write_text(path, vtu_text(scene.mesh, fields[0], {"domain": scene.domains}))
    elif path.suffix == ".csv":
        write_text(path, table(scene, fields, moments))
    else:
        write_bytes(path, packed(scene, fields, moments))
    return path
