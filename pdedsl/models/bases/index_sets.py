r"""Index sets of products of one-dimensional functions.

- ``box``: |n_i| ≤ K in every axis;
- ``total``: :math:`\sum_i |n_i| \le K`.

An axis is signed, n ∈ ℤ, for waves, and else not, n ≥ 0, for polynomials and the like.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import comb

from ..checks import MisfitError
from .basis import LARGEST, IndexSet

Index = tuple[int, ...]


def set_size(signed: Sequence[bool], limit: int, kind: IndexSet) -> int:
    r"""Number of elements of `index_set`.

    With q signed axes and p others it is :math:`(2K+1)^q (K+1)^p` for a box. For total degree,
    j of the signed axes are not zero and have a sign each; what is left are the numbers of at
    most K in j positive and p other terms:

    .. math:: \sum_j 2^j \binom{q}{j} \binom{K+p}{p+j}
    """
    q = sum(signed)
    p = len(signed) - q
    if kind == "box":
        size: int = (2 * limit + 1) ** q * (limit + 1) ** p
        return size
    return sum(2**j * comb(q, j) * comb(limit + p, p + j) for j in range(q + 1))


def index_set(signed: Sequence[bool], limit: int, kind: IndexSet) -> list[Index]:
    """The elements n, by Σ|n_i|, then axis by axis in the order 0, 1, −1, 2, −2, ….

    Args:
        signed: of each axis; see the module docstring.
        limit: K.
        kind: ``box`` or ``total``.

    Raises:
        MisfitError: more than `LARGEST` elements.
    """
    size = set_size(signed, limit, kind)
    if size > LARGEST:
        mend = "fewer modes" if kind == "total" else 'fewer modes or index = "total"'
        raise MisfitError(
            f"basis: {size} functions are too many for these {len(signed)} inputs, the most is "
            f"{LARGEST}; choose {mend}"
        )
    bound = limit if kind == "total" else limit * len(signed)
    return sorted(_elements(signed, limit, bound), key=_order)


def _order(n: Index) -> tuple[int, list[tuple[int, bool]]]:
    return sum(abs(i) for i in n), [(abs(i), i < 0) for i in n]


def _elements(signed: Sequence[bool], limit: int, bound: int) -> Iterator[Index]:
    """All n with |n_i| ≤ limit and Σ|n_i| ≤ bound."""
    if not signed:
        yield ()
        return
    for head in _elements(signed[:-1], limit, bound):
        most = min(limit, bound - sum(abs(i) for i in head))
        for last in range(-most if signed[-1] else 0, most + 1):
            yield (*head, last)
