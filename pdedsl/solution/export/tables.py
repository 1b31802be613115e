"""Fields on a mesh as a table of rows and as arrays of NumPy."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pdedsl.geometry.arrays import Array

from .scene import Scene

Moments = tuple[str, Sequence[float]]
"""The name of time, and its values."""


def table(scene: Scene, fields: Sequence[Mapping[str, Array]], moments: Moments | None) -> str:
    """Rows of CSV: coordinates, time where it has several moments, and components.

    Args:
        scene: the mesh.
        fields: values at its points, (n,) or (n, components), for each moment.
        moments: of them; None for one alone.
    """
    count, columns = len(scene.mesh.points), dict[str, Array]()
    for symbol, own in zip(scene.coordinates, scene.mesh.points.T, strict=True):
        columns[symbol.name] = np.tile(own, len(fields))
    if moments is not None:
        columns[moments[0]] = np.repeat(np.asarray(moments[1], dtype=float), count)
    for name in fields[0]:
        values = np.concatenate([own[name] for own in fields])
        if values.ndim == 1:
            columns[name] = values
        else:
            columns |= {f"{name}[{i}]": own for i, own in enumerate(values.T, start=1)}
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(map(repr, c.tolist()) for c in columns.values()), strict=True))
    return stream.getvalue()


def packed(scene: Scene, fields: Sequence[Mapping[str, Array]], moments: Moments | None) -> bytes:
    """A file of arrays: ``points``, ``cells``, ``domains``, and ``field_u`` for each field.

    With several moments there are ``times``, and the fields have them along their first axis.
    Arguments as of `table`.
    """
    stream = io.BytesIO()
    arrays: dict[str, Any] = {"points": scene.mesh.points, "cells": scene.mesh.cells}
    arrays["domains"] = scene.domains
    if moments is not None:
        arrays["times"] = np.asarray(moments[1], dtype=float)
    for name in fields[0]:
        own = [values[name] for values in fields]
        arrays[f"field_{name}"] = own[0] if moments is None else np.stack(own)
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()
