r"""Norms of residuals and misfits that are at least as large as the true ones.

For any polynomial p of degree below N_i in the input i on each element of the solution, N_i Gauss
nodes on it integrate p² exactly, so that with δ = sup |f − p|

.. math:: ‖f‖ ≤ ‖f‖_N + 2 δ \sqrt{|Ω|}, \qquad
          ‖f‖_∞ ≤ δ + (\max_m |f| + δ) \prod_i \frac{1}{\cos(π N_i / 2 m_i)}

with the values at m_i > N_i Chebyshev points of each element (Ehlich and Zeller, Math. Z. 86,
1964). Where f is analytic and |f| ≤ M with one input in the ellipse of ρ around its interval, the
first N Chebyshev terms are within 2 M ρ^{1−N}/(ρ − 1), and their operator has a norm of at most
3 + 4/π² log N (Trefethen, Approximation Theory and Approximation Practice, theorems 8.2 and 15.3).
M is found by `enclosure` and `growth`. Each term of f may have an ellipse of its own.

Where M is not known or N would be too large, the norms are those of a rule that a coarser one
agrees with, and are not proved.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pdedsl.geometry.arrays import Array

from .approximation import Approximation, Misfit
from .bound import UnresolvedError
from .rules import chebyshev, gauss, size

Measure = Callable[[Array, Array], float]
"""A norm from values and weights, both of shape (n,)."""

_RHOS = (64.0, 12.0, 5.0, 2.5, 1.6, 1.25, 1.1, 1.04)
_COUNTS = (6, 8, 12, 16, 20, 24, 32, 40, 50, 64, 80, 100, 128, 160, 200, 256, 400, 640, 1000)
_NODES = np.array(_COUNTS, dtype=np.float64)
_TOO_LARGE = 700.0  # of a logarithm
_MOST = 40_000  # nodes, some 0.1 s for a hundred functions
_PART = 1e-2  # of the norm, that the polynomials may leave; a choice
_COARSE = {0: 1, 1: 40, 2: 12, 3: 7}  # nodes of an axis for a first guess of the norm
_RULE = {0: 1, 1: 400, 2: 80, 3: 24}  # nodes of an axis, where nothing is proved
_LEAST = 3  # nodes on an element
_SPARED, _AGREE = 0.75, 1e-2
"""The coarser rule has this part of the nodes of an axis, and agrees to this part; choices."""
_POINTS = 3  # Chebyshev points for each Gauss node, which cost a factor of 1.15 an axis


@dataclass(frozen=True)
class Norm:
    """A norm.

    Args:
        value: as it is measured.
        slack: what the true one may differ by.
        proved: whether it does not differ by more; see the module docstring.
    """

    value: float
    slack: float
    proved: bool

    @property
    def upper(self) -> float:
        """What it is at most."""
        return self.value + self.slack

    @property
    def lower(self) -> float:
        """What it is at least."""
        return max(0.0, self.value - self.slack)


def l2_norm(solution: Approximation, misfit: Misfit) -> Norm:
    """‖f‖₂ over the inputs that are not fixed.

    Raises:
        UnresolvedError: a rule and a coarser one do not agree.
    """
    if not misfit.terms and misfit.known == 0:
        return Norm(0.0, 0.0, True)
    root = math.sqrt(misfit.measure)
    found = _resolved(solution, misfit, 1)
    if found is None:
        return _by_rule(solution, misfit, _mean_square, root)
    counts, away = found
    points, weights = gauss(solution, misfit, counts)
    values = solution.values(misfit, points)
    rounding = solution.rounding(misfit, points)
    return Norm(_mean_square(values, weights) * root, (2 * away + rounding) * root, True)


def max_norm(solution: Approximation, misfit: Misfit) -> Norm:
    """‖f‖_∞ over the inputs that are not fixed.

    Raises:
        UnresolvedError: a grid and a coarser one do not agree.
    """
    found = _resolved(solution, misfit, _POINTS)
    if found is None:
        return _by_rule(solution, misfit, _largest, 1.0)
    counts, away = found
    points = chebyshev(solution, misfit, [_POINTS * n for n in counts])
    top = float(np.max(np.abs(solution.values(misfit, points))))
    factor = math.cos(math.pi / (2 * _POINTS)) ** -len(counts)
    rounding = solution.rounding(misfit, points)
    return Norm(top, (top + away + rounding) * factor + away - top, True)


def _resolved(
    solution: Approximation, misfit: Misfit, multiple: int
) -> tuple[list[int], float] | None:
    """Nodes of each axis, and what polynomials of lower degrees leave of f at most.

    None where that is not known, or there would be more than `_MOST` points, of which an axis has
    so many times its nodes.
    """
    axes = misfit.axes
    if len(axes) not in _COARSE:
        raise UnresolvedError("it has more than three inputs")
    if not solution.is_analytic(misfit):
        return None
    points, weights = gauss(solution, misfit, _shared(solution, misfit, _COARSE[len(axes)]))
    first = _mean_square(solution.values(misfit, points), weights)
    target = _PART * first + solution.rounding(misfit, points)
    counts, total, operators = [], 0.0, 1.0
    for axis in axes:
        found = _nodes(solution, misfit, axis, target / (len(axes) * operators))
        if found is None:
            return None
        counts.append(found[0])
        total += operators * found[1]
        operators *= 3 + 4 / math.pi**2 * math.log(found[0])
    points_of_axes = [multiple * count for count in counts]
    return (counts, total) if size(solution, misfit, points_of_axes) <= _MOST else None


def _nodes(
    solution: Approximation, misfit: Misfit, axis: int, allowed: float
) -> tuple[int, float] | None:
    """The fewest nodes N of an axis, and what its first N terms leave of f, at most ``allowed``.

    Each term of f has its best ellipse among those that are tried, from large ones to small ones
    until these ask for no fewer nodes. None where all of them ask for too many.
    """
    left = np.full((len(misfit.terms) + 1, len(_COUNTS)), np.inf)
    best: int | None = None
    for rho in _RHOS:
        sizes = np.array(solution.majorants(misfit, axis, rho))[:, None]
        with np.errstate(all="ignore"):
            logs = np.log(2 * sizes / (rho - 1)) + (1 - _NODES) * math.log(rho)
        left = np.fmin(left, np.exp(np.minimum(logs, _TOO_LARGE)))
        fitting = np.flatnonzero(left.sum(axis=0) <= allowed)
        if len(fitting) and fitting[0] == best:
            break
        best = int(fitting[0]) if len(fitting) else best
    return None if best is None else (_COUNTS[best], float(left.sum(axis=0)[best]))


def _shared(solution: Approximation, misfit: Misfit, count: int) -> list[int]:
    """Nodes on each element of each axis, of so many an axis and at least some on each."""
    parts = [len(solution.elements(misfit, axis)) - 1 for axis in misfit.axes]
    return [max(_LEAST, math.ceil(count / part)) for part in parts]


def _by_rule(solution: Approximation, misfit: Misfit, measure: Measure, factor: float) -> Norm:
    """A measure of the values of f, times a factor, where a coarser rule agrees with it."""
    fine = _RULE[len(misfit.axes)]
    found = []
    for count in (max(1, int(_SPARED * fine)), fine):
        points, weights = gauss(solution, misfit, _shared(solution, misfit, count))
        found.append(measure(solution.values(misfit, points), weights))
    coarser, value = found
    if not abs(value - coarser) <= _AGREE * value:
        raise UnresolvedError("the residual is not resolved by a quadrature")
    return Norm(factor * value, 0.0, False)


def _mean_square(values: Array, weights: Array) -> float:
    """The root of the mean square."""
    return math.sqrt(float(weights @ values**2))


def _largest(values: Array, weights: Array) -> float:
    """The largest modulus."""
    return float(np.max(np.abs(values)))
