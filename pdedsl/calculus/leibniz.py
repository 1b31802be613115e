"""Leibniz' rule in several variables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import product
from math import comb, prod

import sympy as sp

from pdedsl.ir import TooLargeError, bounded_derivative, size

from .operator import MultiIndex
from .tidy import without_impulses

LARGEST = 20_000
"""Nodes of a derivative of a coefficient; beyond that `TooLargeError` is raised."""

LARGEST_MATRIX = 60_000
"""Nodes of all coefficients of a matrix together, before equal derivatives are gathered."""


class Room:
    """What is left of `LARGEST_MATRIX`, for all entries of one matrix."""

    def __init__(self) -> None:
        self.nodes = LARGEST_MATRIX

    def take(self, nodes: int) -> None:
        """Use some of it.

        Raises:
            TooLargeError: there is not as much.
        """
        self.nodes -= nodes
        if self.nodes < 0:
            raise TooLargeError


def leibniz(
    coefficient: sp.Expr, coordinates: Sequence[sp.Symbol], alpha: MultiIndex
) -> Iterator[tuple[MultiIndex, sp.Expr]]:
    """Terms of ∂^α(a f) = Σ_{β ≤ α} C(α, β) (∂^{α−β} a) ∂^β f.

    A coefficient that jumps is differentiated on either side of the jump alone.

    Yields:
        (β, C(α, β) ∂^{α−β} a), those that are not zero.

    Raises:
        TooLargeError: a derivative of the coefficient is too large.
    """
    moving = coefficient.free_symbols & set(coordinates)
    ranges = [
        range(k + 1) if s in moving else (k,) for s, k in zip(coordinates, alpha, strict=True)
    ]
    for beta in product(*ranges):
        factor = prod(comb(a, b) for a, b in zip(alpha, beta, strict=True))
        rest = tuple(a - b for a, b in zip(alpha, beta, strict=True))
        found = _derivative(coefficient, tuple(coordinates), rest)
        if found != 0:
            yield beta, factor * found


@lru_cache(maxsize=4096)
def _derivative(
    coefficient: sp.Expr, coordinates: tuple[sp.Symbol, ...], alpha: MultiIndex
) -> sp.Expr:
    """∂^α of a coefficient, from the derivative of one order less."""
    axis = next((k for k, order in enumerate(alpha) if order), None)
    if axis is None:
        return coefficient
    lower = tuple(order - (k == axis) for k, order in enumerate(alpha))
    found = _derivative(coefficient, coordinates, lower)
    return without_impulses(bounded_derivative(found, coordinates[axis], 1, LARGEST))


def sum_terms(terms: Iterable[tuple[MultiIndex, sp.Expr]], room: Room) -> dict[MultiIndex, sp.Expr]:
    """Sum of the coefficients of each multi-index.

    Raises:
        TooLargeError: there is no room for them.
    """
    parts: dict[MultiIndex, list[sp.Expr]] = {}
    for alpha, coefficient in terms:
        room.take(size(coefficient))
        parts.setdefault(alpha, []).append(coefficient)
    return {alpha: sp.Add(*found) for alpha, found in parts.items()}
