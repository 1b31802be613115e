"""Sets of multi-indices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product
from math import factorial, prod

MultiIndex = tuple[int, ...]


def factorial_of(index: MultiIndex) -> int:
    """α! = Π α_i!, which turns a Taylor coefficient into a derivative."""
    return prod(factorial(k) for k in index)


def downward_closed(indices: Iterable[MultiIndex], dimension: int) -> tuple[MultiIndex, ...]:
    """The smallest set with 0 that holds, with α, every β ≤ α; sorted by degree, then axes."""
    closed = {(0,) * dimension}
    for index in indices:
        closed.update(product(*(range(k + 1) for k in index)))
    return tuple(sorted(closed, key=lambda a: (sum(a), tuple(-k for k in a))))


@cache
def partitions(index: MultiIndex) -> tuple[tuple[MultiIndex, ...], ...]:
    """All multisets of non-zero multi-indices with sum α, each in descending order."""
    return tuple(_partitions(index, index))


def _partitions(rest: MultiIndex, largest: MultiIndex) -> Iterator[tuple[MultiIndex, ...]]:
    if not any(rest):
        yield ()
        return
    for part in product(*(range(k, -1, -1) for k in rest)):
        if any(part) and part <= largest:
            left = tuple(r - p for r, p in zip(rest, part, strict=True))
            for tail in _partitions(left, part):
                yield (part, *tail)


def multiplicity(partition: tuple[MultiIndex, ...]) -> int:
    """Π m! over how often each part occurs."""
    return prod(factorial(m) for m in Counter(partition).values())
