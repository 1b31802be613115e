r"""What misfits on the faces of a box add to the error, mode by mode.

Let −Σ a_i w_ii + c w = 0 with the misfit g on one face, at the distance L from the opposite one,
and zero data on all others. In the modes across the face, with κ = Λ + c of `box_spectrum` and
k² = κ/a along the axis, w is g_m times

.. math:: \frac{\sinh kx}{\sinh kL}, \quad \frac{\cosh kx}{\cosh kL}, \quad
          \frac{\sinh kx}{k \cosh kL}, \quad \frac{\cosh kx}{k \sinh kL}

for a value (the first two) or a slope on the face, opposite to values and to slopes. Their squares
have integrals I(κ) that fall with κ ≥ 0, so that ‖w‖ ≤ C ‖g‖ with C² = max I over the modes with
κ < 0, which are finitely many, and the least κ ≥ 0.

Of u_t − Σ a_i u_ii + c u = 0 the answers to g in time are e^{−κt} times positive kernels, whose
integrals over time are the profiles above: by Young's inequality C² = I at the least κ holds for
the norms over all times. If that κ is negative, C is e^{−κT} times the one of κ = 0.
"""

from __future__ import annotations

import cmath
import math

import numpy as np
import sympy as sp

from .approximation import Approximation
from .bound import UnprovedError
from .box_spectrum import eigenvalues
from .norms_above import Norm, l2_norm
from .standard_form import StandardForm

_SMALL, _LARGE = 1e-2, 20.0
"""|kL| below which differences lose digits and above which sinh overflows before long: I is taken
at the next κ that is less, where it is larger."""
_ROUNDING = 1e-5  # of I next to an eigenvalue, see `box_spectrum`


def mode_lifting(form: StandardForm, solution: Approximation) -> Norm:
    """‖w‖₂ at most, over the domain and the times, for the misfits of all faces together.

    Raises:
        UnprovedError: slopes on two opposite faces leave w undetermined.
    """
    parts = [
        (_constant(form, *place), l2_norm(solution, own.misfit)) for place, own in form.soft.items()
    ]
    return Norm(
        sum(c * own.value for c, own in parts),
        sum(c * own.slack for c, own in parts),
        all(own.proved for _, own in parts),
    )


def _constant(form: StandardForm, axis: sp.Symbol, side: int) -> float:
    """C of a face."""
    assert form.constants is not None
    factors, reaction = form.constants
    factor = dict(zip(form.space, factors, strict=True))[axis]
    low, high = form.space[axis]
    slopes = form.faces[axis, side].flux, form.faces[axis, -side].flux
    across = eigenvalues(form, [s for s in form.space if s != axis]) + reaction
    growth = 1.0
    if form.order:
        least = float(across.min())
        growth = math.exp(max(0.0, -least) * form.duration)
        chosen = [max(0.0, least)]
    else:
        chosen = [*across[across < 0], *np.sort(across[across >= 0])[:1]]
    largest = max(square_integral(kappa / factor, high - low, *slopes) for kappa in chosen)
    return growth * math.sqrt(largest * (1 + _ROUNDING))


def square_integral(square: float, length: float, slope: bool, opposite: bool) -> float:
    """At least I: ∫ of the square of a profile of the module docstring.

    Args:
        square: k², of either sign.
        length: L.
        slope: whether the misfit is one of a slope.
        opposite: whether the slope is zero on the opposite face, and not the value.

    Raises:
        UnprovedError: slopes are given on both, and k may be 0.
    """
    if slope and opposite and abs(square) * length**2 < _SMALL**2:
        raise UnprovedError("slopes are given on opposite faces")
    if 0 <= square * length**2 < _SMALL**2:
        return _limit(length, slope, opposite)
    if -(_SMALL**2) < square * length**2 < 0:
        square = -((_SMALL / length) ** 2)
    k = cmath.sqrt(min(square, (_LARGE / length) ** 2))
    inner = cmath.sinh(2 * k * length) / (4 * k) + (1 if opposite else -1) * length / 2
    end = cmath.cosh(k * length) if opposite != slope else cmath.sinh(k * length)
    return float(abs(inner / (end * (k if slope else 1)) ** 2))


def _limit(length: float, slope: bool, opposite: bool) -> float:
    """I for k = 0: of x/L, 1 and x."""
    if opposite:
        return length
    return length**3 / 3 if slope else length / 3
