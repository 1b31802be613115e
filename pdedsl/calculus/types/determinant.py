r"""Determinant of the symbol of a square operator, at many points at once.

With ∂ replaced by a formal vector ζ (= ik for a plane wave exp(i k·x)), the entries of the matrix
are polynomials in ζ, and so is its determinant; the coefficients are real. Lower orders belong to
the determinant with its coefficients frozen at the point.

Every coefficient carries its scale, the size that it would have if nothing cancelled, so that
terms which cancel exactly are told from small ones.

Source: A. Douglis and L. Nirenberg, Comm. Pure Appl. Math. 8 (1955), 503–538, for systems whose
equations are of different orders; L. R. Volevich, Mat. Sb. 68 (1965), 373–416, for the count of
orders in `largest_order`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import sympy as sp

from pdedsl.calculus.operator import LinearOperator, MultiIndex
from pdedsl.ir import evaluate_with_scale

MAX_UNKNOWNS = 10
"""Most columns for which to call this; the expansions go over all subsets of them."""
MAX_TERMS = 3_000
"""Monomials of a determinant; beyond, the type is not decided."""
CANCELLED = 1e-11
"""A coefficient below this part of its scale is zero."""

Polynomial = dict[MultiIndex, tuple[Any, Any]]
"""Multi-index to value and scale of the coefficient, numbers or arrays of shape (points,)."""
PointSymbol = dict[MultiIndex, float]
"""Coefficients of a polynomial in ζ at one point, none of them zero."""


class TooManyTermsError(Exception):
    """The determinant has too many monomials; the text says so."""


def sampled_entries(
    operator: LinearOperator, points: Mapping[sp.Basic, Any]
) -> list[list[Polynomial]]:
    """The matrix of the symbol at points.

    Args:
        operator: of any shape.
        points: values of the coordinates, arrays of shape (points,).

    Raises:
        NotNumericError: a coefficient holds more than numbers and the coordinates.
    """
    return [
        [{alpha: evaluate_with_scale(a, points) for alpha, a in entry} for entry in row]
        for row in operator.rows
    ]


def determinant(entries: Sequence[Sequence[Polynomial]]) -> Polynomial:
    """Determinant of a square matrix of polynomials, expanded by rows over sets of columns.

    Raises:
        TooManyTermsError: more than `MAX_TERMS` terms.
    """
    n = len(entries)
    minors: dict[tuple[int, ...], Polynomial] = {(): {(): (1.0, 1.0)}}
    for row, line in enumerate(entries):
        grown: dict[tuple[int, ...], Polynomial] = {}
        for columns in combinations(range(n), row + 1):
            total: Polynomial = {}
            for place, column in enumerate(columns):
                minor = minors[columns[:place] + columns[place + 1 :]]
                _add_product(total, minor, line[column], (-1) ** (row - place))
            grown[columns] = total
        minors = grown
        if sum(map(len, minors.values())) > MAX_TERMS:
            raise TooManyTermsError(f"more than {MAX_TERMS} terms in the determinant")
    return minors[tuple(range(n))]


def _add_product(total: Polynomial, left: Polynomial, right: Polynomial, sign: int) -> None:
    for a, (u, r) in left.items():
        for b, (v, s) in right.items():
            key = tuple(i + j for i, j in zip(a, b, strict=True)) if a else b
            value, scale = total.get(key, (0.0, 0.0))
            total[key] = value + sign * u * v, scale + r * s


def largest_order(operator: LinearOperator) -> int | None:
    """The order max_π Σ_i order(L_{i π(i)}), π permutations; None where every product is zero."""
    orders = [[max((sum(a) for a, _ in e), default=None) for e in row] for row in operator.rows]
    best: dict[tuple[int, ...], int] = {(): 0}
    for row in range(len(orders)):
        grown: dict[tuple[int, ...], int] = {}
        for columns in combinations(range(len(orders)), row + 1):
            for place, column in enumerate(columns):
                rest, own = best.get(columns[:place] + columns[place + 1 :]), orders[row][column]
                if rest is not None and own is not None:
                    grown[columns] = max(grown.get(columns, 0), rest + own)
        best = grown
    return best.get(tuple(range(len(orders))))


def symbols_at_points(polynomial: Polynomial, count: int) -> list[PointSymbol | None]:
    """The polynomial at each point without its zeros; None where it is not finite."""
    keys = sorted(polynomial)
    if not keys:
        return [{} for _ in range(count)]
    values = np.stack([np.broadcast_to(polynomial[k][0], (count,)) for k in keys]).astype(float)
    scales = np.stack([np.broadcast_to(polynomial[k][1], (count,)) for k in keys]).astype(float)
    finite = np.isfinite(values).all(axis=0)
    # A scale that is not finite beside a finite value, as of sqrt at 0, says nothing.
    floor = np.where(np.isfinite(scales), scales, 0.0) * CANCELLED
    kept = (np.abs(values) > floor) & finite
    return [
        {k: float(v) for k, v, keep in zip(keys, values[:, i], kept[:, i], strict=True) if keep}
        if finite[i] else None
        for i in range(count)
    ]  # fmt: skip
