"""Norms of the functions of a basis."""

from __future__ import annotations

import numpy as np

from pdedsl.conditioning.arrays import Array
from pdedsl.conditioning.rows.nodes import counts_for, nodes_for
from pdedsl.conditioning.rows.pieces import Piece

from .discretisation import Discretisation, Part

_CHUNK = 4096


def norms(discretisation: Discretisation) -> Array:
    """‖φ_j‖ in L² of the box of each component, shape (P,); 1 for orthonormal bases."""
    options = discretisation.options
    orthonormal = options.family in ("fourier", "sine", "cosine", "legendre", "mixed")
    whole = all(
        axis.period is None or np.isclose(axis.period, axis.upper - axis.lower)
        for part in discretisation.parts for axis in part.basis.axes
    )  # fmt: skip
    if orthonormal and options.extension == 1 and whole:
        return np.ones(discretisation.size)
    return np.concatenate([_norms(discretisation, part) for part in discretisation.parts])


def _norms(discretisation: Discretisation, part: Part) -> Array:
    box, inputs = part.box, len(part.columns)
    even, none = (False,) * inputs, ((),) * inputs
    counts = counts_for(discretisation, Piece((), part.columns, box), even)
    nodes = nodes_for(box, counts, even, none)
    total = np.zeros(part.basis.size)
    for start in range(0, len(nodes.weights), _CHUNK):
        here = slice(start, start + _CHUNK)
        values = part.derivatives(nodes.points[here], [(0,) * inputs])[0]
        total += nodes.weights[here] @ values**2
    return np.sqrt(total * box.volume)
