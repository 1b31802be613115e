"""A solution in a file, by its ending: on a mesh, on a grid (nc), or as functions."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pdedsl.geometry.arrays import Array

from .grid import write_grid
from .scene import Scene, ends_of, scene_of
from .standalone import write_onnx, write_pt2, write_python
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


def export(
    solution: Solution,
    path: Path,
    cells: int | None = None,
    at: Mapping[str, float] | None = None,
    times: int = 11,
) -> list[Path]:
    """Write the fields on a mesh of the domains.

    Args:
        solution: what is written.
        path: whose ending says how.
        cells: simplices along the longest side.
        at: values of the inputs that are no space coordinates; time may run in a ``pvd``.
        times: moments of a ``pvd``, both ends among them.

    Returns:
        The files.

    Raises:
        ValueError: there is no mesh, an unknown ending, or an input without a value.
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
    time = problem.time.symbol if problem.time else None
    moving = time if path.suffix == ".pvd" and time is not None and time.name not in given else None
    _check(solution, given, moving.name if moving is not None else None)
    scene = scene_of(problem, cells or CELLS.get(dimension, 1))
    if path.suffix != ".pvd":
        return [_write(scene, solution, path, given)]
    moments = [0.0] if moving is None else np.linspace(*ends_of(problem, moving), times).tolist()
    names = [path.with_name(f"{path.stem}_{i:03d}.vtu") for i in range(len(moments))]
    for t, name in zip(moments, names, strict=True):
        _write(scene, solution, name, given if moving is None else {**given, moving.name: t})
    _text(path, pvd_text(moments, [name.name for name in names]))
    return [path, *names]


def _check(solution: Solution, given: Mapping[str, float], moving: str | None) -> None:
    problem = solution.problem
    space = {s for domain in problem.domains for s in domain.coordinates}
    others = [s.name for s in problem.inputs if s not in space]
    if unknown := [name for name in given if name not in others]:
        raise ValueError(f"{unknown[0]} is no input beside the space coordinates")
    if lacking := [name for name in others if name not in given and name != moving]:
        low, high = ends_of(problem, next(s for s in problem.inputs if s.name == lacking[0]))
        raise ValueError(
            f"{lacking[0]} needs a value in [{low:g}, {high:g}], as in --at {lacking[0]}={high:g}"
        )


def _write(scene: Scene, solution: Solution, path: Path, at: Mapping[str, float]) -> Path:
    fields = scene.fields(solution, at)
    if path.suffix == ".vtu":
        _text(path, vtu_text(scene.mesh, fields, {"domain": scene.domains}))
    elif path.suffix == ".csv":
        _text(path, _table(scene, fields))
    else:
        _arrays(path, scene, fields)
    return path


def _table(scene: Scene, fields: Mapping[str, Array]) -> str:
    columns = dict(zip((s.name for s in scene.coordinates), scene.mesh.points.T, strict=True))
    for name, values in fields.items():
        if values.ndim == 1:
            columns[name] = values
        else:
            columns |= {f"{name}[{i}]": own for i, own in enumerate(values.T, start=1)}
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(map(repr, c.tolist()) for c in columns.values()), strict=True))
    return stream.getvalue()


def _arrays(path: Path, scene: Scene, fields: Mapping[str, Array]) -> None:
    from pdedsl.runs import write_bytes

    stream = io.BytesIO()
    arrays: dict[str, Any] = {"points": scene.mesh.points, "cells": scene.mesh.cells}
    arrays |= {"domains": scene.domains} | {f"field_{n}": v for n, v in fields.items()}
    np.savez_compressed(stream, **arrays)
    write_bytes(path, stream.getvalue())


def _text(path: Path, content: str) -> None:
    from pdedsl.runs import write_text

    write_text(path, content)
