r"""Truncated Taylor algebra: derivatives of any order in one forward pass.

A jet is a tensor of shape (channels, n, width). Channel c of an ordinary multi-index α holds
the Taylor coefficient D^α z / α! at each of n points; the first channel is the value. A further
channel may hold a fixed sum Σ_j c_j D^{α_j} z of derivatives that no other channel needs, such
as the Laplacian: the sum passes through every layer as one channel (collapsed Taylor mode,
Dangel et al., NeurIPS 2025; forward Laplacian, Li et al. 2024).

Linear layers act on every channel alike. For an activation, with z = z_0 + h,

.. math:: [σ(z)]_α = \sum_{π ⊢ α} σ^{(|π|)}(z_0) \prod_{β ∈ π} z_β / \prod_β m_β(π)!

(Faà di Bruno; the sum is over multisets π of non-zero multi-indices with sum α, m their
multiplicities). Terms with one part are linear in h; the others depend only on lower channels,
which is why sums of highest derivatives may be collapsed.

Not all channels are read in the end: some are there only for the products. So the last step of
a network may give a selection of the channels, by fewer products.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import groupby

from .multiindices import MultiIndex, downward_closed, factorial_of, multiplicity, partitions

Sum = tuple[tuple[MultiIndex, float], ...]
# Factors in ascending order, with a coefficient.
Monomials = dict[tuple[int, ...], float]


@dataclass(frozen=True)
class Step:
    """Products with k factors: ``previous[left] * h[right]``, then rows by ``matrix``.

    Args:
        left: rows of the products with k − 1 factors.
        right: rows of h.
        matrix: coefficients, one row a non-linear channel, one column a product.
    """

    left: tuple[int, ...]
    right: tuple[int, ...]
    matrix: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, eq=False)
class Selection:
    """Some channels of a jet, and the products that an activation needs for them.

    Args:
        channels: which, ascending.
        first: number of first-degree channels of the jet.
        linear: how many of them are among these channels.
        steps: products of two factors, three factors, …; a row of their matrices for every channel
            of the selection that is neither the value nor of first degree.
    """

    channels: tuple[int, ...]
    first: int
    linear: int
    steps: tuple[Step, ...]

    def __len__(self) -> int:
        """Number of channels."""
        return len(self.channels)

    @property
    def value(self) -> bool:
        """Whether the first channel is the value."""
        return self.channels[0] == 0

    @property
    def order(self) -> int:
        """The highest derivative of an activation that is needed."""
        return len(self.steps) + 1 if self.channels[-1] else 0

    @property
    def curved(self) -> int:
        """Place of the first channel that is neither the value nor of first degree."""
        return self.value + self.linear

    @cached_property
    def runs(self) -> tuple[tuple[int, int, int], ...]:
        """Channels one after another: the first one, its place in the selection, their number."""
        return runs_of(self.channels)


def runs_of(numbers: Iterable[int]) -> tuple[tuple[int, int, int], ...]:
    """Numbers one after another: the first one, its place, and how many there are."""
    out = []
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        (place, first), *rest = run
        out.append((first, place, 1 + len(rest)))
    return tuple(out)


# Compared by identity: `jet_table` gives one object for one request, which is then a quick key.
@dataclass(frozen=True, eq=False)
class JetTable:
    """Which channels a jet has, and the products that an activation needs.

    Args:
        dimension: number of input axes.
        indices: multi-indices of the ordinary channels, downward closed, the zero index first.
        sums: the collapsed channels, in derivatives (not Taylor coefficients).
        linear: number of first-degree channels.
        read: the channels that are read in the end, ascending.
        steps: products of two factors, three factors, …
    """

    dimension: int
    indices: tuple[MultiIndex, ...]
    sums: tuple[Sum, ...]
    linear: int
    read: tuple[int, ...]
    steps: tuple[Step, ...]

    @property
    def channels(self) -> int:
        """Number of channels."""
        return len(self.indices) + len(self.sums)

    @property
    def order(self) -> int:
        """Highest degree of a channel."""
        return len(self.steps) + 1 if self.channels > 1 else 0

    @cached_property
    def every(self) -> Selection:
        """All channels."""
        channels = tuple(range(self.channels))
        return Selection(channels, self.linear, self.linear, self.steps)

    @cached_property
    def wanted(self) -> Selection:
        """The channels that are read."""
        return self._selection(self.read)

    @cached_property
    def wanted_and_value(self) -> Selection:
        """The channels that are read, and the value."""
        return self._selection(tuple(sorted({0, *self.read})))

    @cached_property
    def whole(self) -> JetTable:
        """The table for someone who reads every channel."""
        if self.wanted is self.every:
            return self
        return replace(self, read=self.every.channels)

    def _selection(self, channels: tuple[int, ...]) -> Selection:
        if channels == self.every.channels:
            return self.every
        linear = sum(1 <= channel <= self.linear for channel in channels)
        curved = [channel for channel in channels if channel > self.linear]
        return Selection(channels, self.linear, linear, _steps(self, curved))

    def channel(self, index: MultiIndex) -> int:
        """Channel of a multi-index."""
        return self.indices.index(index)

    def sum_channel(self, terms: Sum) -> int:
        """Channel of a collapsed sum."""
        return len(self.indices) + self.sums.index(terms)

    def taylor_rows(self) -> list[dict[MultiIndex, float]]:
        """Every channel as a combination of Taylor coefficients."""
        rows: list[dict[MultiIndex, float]] = [{a: 1.0} for a in self.indices]
        return rows + [{a: c * factorial_of(a) for a, c in terms} for terms in self.sums]


@lru_cache(maxsize=512)
def jet_table(
    dimension: int, needed: frozenset[MultiIndex], sums: tuple[Sum, ...] = ()
) -> JetTable:
    """The table for the derivatives that are needed.

    Args:
        dimension: number of input axes.
        needed: multi-indices to be read one by one; if there are neither these nor sums, the
            value is read.
        sums: combinations to be read as one channel each; no multi-index in them may be below
            or among the needed ones, or below another in a sum.

    Raises:
        ValueError: a sum cannot be collapsed.
    """
    parts = {b for terms in sums for a, _ in terms for p in partitions(a) if len(p) > 1 for b in p}
    indices = downward_closed(needed | parts, dimension)
    if any(a in indices for terms in sums for a, _ in terms):
        raise ValueError("a sum of derivatives can be collapsed only if none is needed alone")
    linear = sum(1 for a in indices if sum(a) == 1)
    read = [i for i, a in enumerate(indices) if a in needed or not (needed or sums)]
    read += range(len(indices), len(indices) + len(sums))
    bare = JetTable(dimension, indices, sums, linear, tuple(read), ())
    return replace(bare, steps=_steps(bare, range(1 + linear, bare.channels)))


def _steps(table: JetTable, channels: Iterable[int]) -> tuple[Step, ...]:
    """The products for some channels of second degree and more."""
    position = {a: i - 1 for i, a in enumerate(table.indices)}
    rows = table.taylor_rows()
    terms: list[Monomials] = []
    for channel in channels:
        found: Monomials = {}
        for alpha, factor in rows[channel].items():
            for partition in partitions(alpha):
                if len(partition) > 1:
                    monomial = tuple(sorted(position[b] for b in partition))
                    weight = factor / multiplicity(partition)
                    found[monomial] = found.get(monomial, 0.0) + weight
        terms.append(found)
    return steps_to(terms)


def steps_to(terms: Sequence[Monomials]) -> tuple[Step, ...]:
    """The products of two factors, three factors, … from which sums of monomials are made.

    Args:
        terms: the sums, one a row; the rows of h that a monomial is made of, and its coefficient.
            Those of one factor are left out.
    """
    longest = max((len(m) for found in terms for m in found), default=1)
    by_degree: list[list[tuple[int, ...]]] = [[] for _ in range(longest + 1)]
    for k in range(longest, 1, -1):
        wanted = {m for found in terms for m in found if len(m) == k}
        if k < longest:
            wanted |= {m[:-1] for m in by_degree[k + 1]}
        by_degree[k] = sorted(wanted)
    steps = []
    for k in range(2, longest + 1):
        before = {m: i for i, m in enumerate(by_degree[k - 1])}
        left = tuple(m[0] if k == 2 else before[m[:-1]] for m in by_degree[k])
        matrix = tuple(tuple(found.get(m, 0.0) for m in by_degree[k]) for found in terms)
        steps.append(Step(left, tuple(m[-1] for m in by_degree[k]), matrix))
    return tuple(steps)
