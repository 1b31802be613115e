r"""Index sets of products of one-dimensional functions.

- ``box``: |n_i| ≤ K_i in every axis, K_i = K where one number is given;
- ``total``: :math:`\sum_i |n_i| \le K`.

An axis is signed, n ∈ ℤ, for waves, and else not, n ≥ 0, for polynomials and the like.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import comb, prod

from pdedsl.models.model import MisfitError

from .basis import LARGEST, LARGEST_GRID, IndexSet

Index = tuple[int, ...]
Limit = int | tuple[int, ...]


def set_size(signed: Sequence[bool], limit: Limit, kind: IndexSet) -> int:
    r"""Number of elements of `index_set`.

    It is :math:`\prod_i (2K_i+1)` over the signed axes times :math:`\prod_i (K_i+1)` over the
    others for a box. For total degree, with q signed axes and p others, j of the signed axes are
    not zero and have a sign each; what is left are the numbers of at most K in j positive and p
    other terms:

    .. math:: \sum_j 2^j \binom{q}{j} \binom{K+p}{p+j}
    """
    if not isinstance(limit, int) or kind == "box":
        limits = _limits(limit, len(signed))
        return prod((2 * k if own else k) + 1 for own, k in zip(signed, limits, strict=True))
    q = sum(signed)
    p = len(signed) - q
    return sum(2**j * comb(q, j) * comb(limit + p, p + j) for j in range(q + 1))


def index_set(signed: Sequence[bool], limit: Limit, kind: IndexSet) -> list[Index]:
    """The elements n, by Σ|n_i|, then axis by axis in the order 0, 1, −1, 2, −2, ….

    Args:
        signed: of each axis; see the module docstring.
        limit: K; K_i of each axis for a box only.
        kind: ``box`` or ``total``.

    Raises:
        MisfitError: more than `LARGEST` elements.
    """
    mend = 'fewer modes or index = "total"' if kind == "box" and isinstance(limit, int) else ""
    _check_size(set_size(signed, limit, kind), len(signed), mend or "fewer modes")
    limits = _limits(limit, len(signed))
    bound = limit if kind == "total" and isinstance(limit, int) else sum(limits)
    return sorted(_elements(signed, limits, bound), key=_order)


def full_grid(counts: Sequence[int]) -> list[Index]:
    """All positions 0 ≤ j_i < counts[i], the last axis fastest.

    Raises:
        MisfitError: more than `LARGEST_GRID` elements.
    """
    grid_size(counts)
    return list(product(*map(range, counts)))


def grid_size(counts: Sequence[int]) -> int:
    """Number of all positions 0 ≤ j_i < counts[i].

    Raises:
        MisfitError: more than `LARGEST_GRID` elements.
    """
    _check_size(prod(counts), len(counts), "fewer modes or breaks", LARGEST_GRID)
    return prod(counts)


def _check_size(size: int, inputs: int, mend: str, most: int = LARGEST) -> None:
    if size > most:
        raise MisfitError(
            f"basis: {size} functions are too many for these {inputs} inputs, the most is "
            f"{most}; choose {mend}"
        )


def _limits(limit: Limit, axes: int) -> tuple[int, ...]:
    return (limit,) * axes if isinstance(limit, int) else limit


def _order(n: Index) -> tuple[int, list[tuple[int, bool]]]:
    return sum(abs(i) for i in n), [(abs(i), i < 0) for i in n]


def _elements(signed: Sequence[bool], limits: tuple[int, ...], bound: int) -> Iterator[Index]:
    """All n with |n_i| ≤ limits[i] and Σ|n_i| ≤ bound."""
    if not signed:
        yield ()
        return
    for head in _elements(signed[:-1], limits[:-1], bound):
        most = min(limits[-1], bound - sum(abs(i) for i in head))
        for last in range(-most if signed[-1] else 0, most + 1):
            yield (*head, last)
