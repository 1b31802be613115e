r"""Eigenvalues of −Σ a_i ∂_i² on a box with constant a_i.

The eigenfunctions are products, and Λ_n = Σ_i a_i λ_{i, n_i} with

.. math:: λ_{n} = \Bigl(\frac{nπ}{L}\Bigr)^2,\ \Bigl(\frac{(n - 1/2)π}{L}\Bigr)^2,\
          \Bigl(\frac{2nπ}{L}\Bigr)^2

between values (n ≥ 1) or slopes (n ≥ 0), between a value and a slope (n ≥ 1), and around a circle.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import sympy as sp

from pdedsl.geometry.arrays import Array

from .bound import UnprovedError
from .standard_form import StandardForm

_MOST = 2_000_000  # eigenvalues below the square of the wave number, some 50 ms
_KNOWN = 1e-9
"""Of a sum of eigenvalues: where its distance from zero is less, rounding of 1e-15 is no longer
small against it."""


def spectral_distance(form: StandardForm) -> float:
    """At most min |Λ_n + c|.

    Raises:
        UnprovedError: zero is an eigenvalue as far as is known, or there are too many below.
    """
    _, reaction = _constants(form)
    sums = eigenvalues(form, list(form.space)) + reaction
    gap = float(np.min(np.abs(sums)))
    known = _KNOWN * (abs(reaction) + 1.0)
    if gap <= known:
        raise UnprovedError("zero is an eigenvalue of the operator, or next to one")
    return gap * (1 - _KNOWN)


def eigenvalues(form: StandardForm, axes: Sequence[sp.Symbol]) -> Array:
    """The Λ_n of some coordinates up to −c, and at least the next one.

    Raises:
        UnprovedError: there are too many.
    """
    factors, reaction = _constants(form)
    of_axis = dict(zip(form.space, factors, strict=True))
    lines = [_line(form, axis, of_axis[axis], max(0.0, -reaction)) for axis in axes]
    if math.prod(map(len, lines)) > _MOST:
        raise UnprovedError("there are too many eigenvalues")
    sums = np.zeros(1)
    for line in lines:
        sums = np.add.outer(sums, line).ravel()
    return sums


def _constants(form: StandardForm) -> tuple[list[float], float]:
    assert form.constants is not None
    return form.constants


def _line(form: StandardForm, axis: sp.Symbol, factor: float, top: float) -> Array:
    """The a λ_n of a coordinate up to ``top``, and the next one."""
    low, high = form.space[axis]
    sides = [form.faces[axis, side].flux for side in (-1, 1) if (axis, side) in form.faces]
    step = math.pi / (high - low) * (1 if sides else 2)
    count = int(math.sqrt(top / factor) / step) + 3
    shift = {0: 0.0, 1: 0.5, 2: 1.0}[sides.count(False)]
    return np.asarray(factor * (step * (np.arange(count) + shift)) ** 2, dtype=np.float64)
