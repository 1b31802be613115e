r"""The residual of every law relative to the size of its own terms.

A loss adds up the squares of laws in their own units: walls at 300 hide a source of 20, and a loss
that has fallen to a millionth of the first says nothing of the source. Here every law has its own
measure,

.. math:: \frac{\mathrm{rms}\, r}{S}, \qquad S = \max\bigl(\mathrm{rms} \max_k |T_k|,\ D\bigr),

with the additive terms T_k of r at fresh points (what is known together is one of them), and with
what the fields give in the law, by their size U and the lengths L of the domain,

.. math:: D = \max_a \mathrm{rms} |∂r/∂a| \; U_a / L^{α},

a being the derivatives of order α of fields in the law. D serves laws whose terms are all small
when they hold, such as u = 0 or the equation u_xx = 0 of a straight line.

The size of a field is that of its variation where the equations see no more of it. A field that is
small against what else its equations hold, such as a pressure that is zero, has the size that would
count there. Of a field that nothing makes other than zero, S is 1 at least: there the measure is
absolute. Initial conditions with data are compared with these, as what grows from them may be
large.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
import torch

from pdedsl.calculus.unforced import unforced
from pdedsl.compiler.lowering.constants import NotTranslatable
from pdedsl.geometry import hull_bounds
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Interior, Law, OnData
from pdedsl.models.runtime.deadline import deadline

from .integral_rows import integral_misfit
from .misfit import Misfit
from .sizes import FieldSize, Lengths, RowSize, per_unit, root_mean_square
from .terms import Row, Slope, rows_of
from .values import values_at

if TYPE_CHECKING:
    from pdedsl.compiler.residual.block import Block
    from pdedsl.compiler.residual.system import ResidualSystem

_POINTS = 1024  # of a law, as many as are needed for its rms to a few per cent
_FEWEST = 32  # where time is short: to a tenth or two
_UNSEEN = 1e-2  # of a row: what a constant gives in it, below which the row sees none; a choice
_COUPLED = 0.1  # of what a law holds beside a field: a field that gives less is small; a choice
_OF_VECTOR = 1e-10  # of the largest component: one that is zero was left at 1e-15 and less
_GIVEN = 1e-14  # initial data below this part of the field are rounding


def law_misfits(
    system: ResidualSystem, theta: torch.Tensor, seed: int, instead: Mapping[str, Law] | None = None
) -> dict[str, Misfit]:
    """Label to the misfit of every law that has rows of its own.

    Laws that are imposed by integrals are measured by these, see `integral_rows`; what their
    integrals hold as well, such as natural conditions, has no rows.

    Args:
        system: of the problem as it was solved.
        theta: the state, shape (P,).
        seed: of the points, of which there are fewer where `deadline` comes too soon for all.
        instead: by label laws that are measured in place of those that were solved, such as with
            finer integrals.
    """
    problem = system.problem
    fresh = system.at_fresh_points(seed, _affordable(system, theta, seed))
    lengths = {s.name: high - low for s, (low, high) in hull_bounds(problem).items()}
    integrals = [block for block in system.blocks if block.label in system.sampler.integrals]
    others = {block.label for block in system.blocks if block.weight > 0}
    measured: dict[str, tuple[RowSize, ...]] = {}
    for block in fresh:
        if block.label not in others.difference(own.label for own in integrals):
            continue
        rows = rows_of(problem, (instead or {}).get(block.label) or problem.law(block.label))
        try:
            measured[block.label] = tuple(_measure(system, theta, block, row) for row in rows)
        except NotTranslatable:
            continue  # a term by itself that has no numbers, such as a derivative of a kink
    fields = _field_sizes(system, theta, fresh)
    sizes = _Sizes(system, measured, fields, lengths)
    found = {label: sizes.misfit(problem.law(label), rows) for label, rows in measured.items()}
    return found | {own.label: integral_misfit(system, theta, own) for own in integrals}


def _affordable(system: ResidualSystem, theta: torch.Tensor, seed: int) -> int:
    """Points of a law: fewer where evaluations have to end before so many are done."""
    left = deadline() - time.monotonic()
    if left == math.inf:
        return _POINTS
    began = time.monotonic()
    for block in system.at_fresh_points(seed, _FEWEST):
        for row in rows_of(system.problem, system.problem.law(block.label)):
            with suppress(NotTranslatable):
                _measure(system, theta, block, row)
    each = (time.monotonic() - began) / _FEWEST
    return max(_FEWEST, min(_POINTS, int(left / each)))


def _measure(system: ResidualSystem, theta: torch.Tensor, block: Block, row: Row) -> RowSize:
    """Values of a row, its terms and slopes at the points of a block."""
    slopes = [slope for slope in row.slopes if slope.value is not None]
    wanted = [row.residual, row.known, *row.unknown, *(s.value for s in slopes)]
    values = values_at(system, theta, block, [e for e in wanted if e is not None])
    terms = values[1 : 2 + len(row.unknown)]
    finite = np.isfinite(terms).all(axis=0)
    largest = np.abs(terms[:, finite]).max(axis=0) if finite.any() else np.zeros(1)
    known = FieldSize.of(values[1])
    sizes = (root_mean_square(v) for v in values[2 + len(row.unknown) :])
    inner = [(slope, 1.0) for slope in row.slopes if slope.value is None]
    return RowSize(
        residual=root_mean_square(values[0]),
        terms=root_mean_square(largest),
        known=known.rms,
        spread=known.spread,
        mean=float(np.nanmean(values[1])),
        slopes=(*zip(slopes, sizes, strict=True), *inner),
    )


def _field_sizes(
    system: ResidualSystem, theta: torch.Tensor, blocks: tuple[Block, ...]
) -> dict[str, FieldSize]:
    """The size of every component at the points of the equations of its domain."""
    problem = system.problem
    found: dict[str, list[Array]] = {c.func.__name__: [] for c in problem.components}
    for block in blocks:
        place = problem.law(block.label).place
        if not isinstance(place, Interior):
            continue
        values = system.fields(theta, block.data.points)
        for field in problem.fields:
            if field.domain in (None, place.domain):
                for c in field.components:
                    name = c.func.__name__
                    found[name].append(values[name].detach().cpu().numpy().astype(np.float64))
    return {
        name: FieldSize.of(np.concatenate(parts)) if parts else FieldSize(0.0, 0.0)
        for name, parts in found.items()
    }


class _Sizes:
    """Sizes of rows from those of fields; see the module docstring."""

    def __init__(
        self,
        system: ResidualSystem,
        measured: Mapping[str, tuple[RowSize, ...]],
        fields: Mapping[str, FieldSize],
        lengths: Lengths,
    ) -> None:
        self._problem, self._lengths = system.problem, lengths
        self._measured, self._found = measured, fields
        self._fields = {name: self._size(name) for name in fields}
        self._zero = unforced(system.problem)

    def misfit(self, law: Law, rows: tuple[RowSize, ...]) -> Misfit:
        """That of the worst row, with the rms of all."""
        rms = float(np.sqrt(np.mean([row.residual**2 for row in rows])))
        relative = [_ratio(row.residual, self._compared(law, row)) for row in rows]
        return Misfit(rms, max(relative, default=0.0))

    def _compared(self, law: Law, row: RowSize) -> float:
        """S of a row, or 1 at least where its fields are zero, so that nothing tells their size."""
        names = {slope.component.func.__name__ for slope, _ in row.slopes}
        scale = self._scale(law, row)
        return max(scale, 1.0) if names and names <= self._zero else scale

    def _scale(self, law: Law, row: RowSize) -> float:
        """S of a row."""
        if isinstance(law.place, OnData):
            return row.spread or row.terms
        given = self._given(row)
        if law.kind == "ic" and row.known > _GIVEN * min(1.0, given):
            return row.known
        if law.kind == "eq":
            # A field by itself is no measure: a constant may be as large as it likes.
            return max(row.terms, given)
        return max(self._own(row), given)

    def _own(self, row: RowSize) -> float:
        """The size of a condition's own terms, without a constant that no equation sees."""
        names = {s.component.func.__name__ for s, _ in row.slopes if s.plain}
        if any(self._free(name) for name in names):
            return row.spread
        return row.terms

    def _given(self, row: RowSize) -> float:
        """D of a row: what its fields give in it, by their sizes."""
        return max((self._part(slope, size) for slope, size in row.slopes), default=0.0)

    def _part(self, slope: Slope, size: float) -> float:
        own = self._fields[slope.component.func.__name__]
        unit = per_unit(slope, size, self._lengths)
        return unit * (own.rms if slope.plain else own.spread)

    def _size(self, name: str) -> FieldSize:
        """The size of a field as it counts in conditions."""
        own, demanded = self._found[name], max(self._demanded(name), self._rounding(name))
        spread = max(own.spread, demanded)
        if not self._free(name):
            return FieldSize(max(own.rms, demanded), spread)
        if demanded > 0 or self._varies(name):
            return FieldSize(spread, spread)
        return FieldSize(own.rms, own.rms)  # a constant, whose variation is rounding

    def _demanded(self, name: str) -> float:
        """The size of a field that would count in an equation beside what else it holds."""
        found = []
        for _, row in self._equations():
            own = sum(per_unit(s, z, self._lengths) for s, z in row.slopes if _of(s, name))
            other = max(row.known, *(self._raw(s, z) for s, z in row.slopes if not _of(s, name)), 0)
            if own > 0 and other > 0:
                found.append(_COUPLED * other / own)
        return min(found, default=0.0)

    def _rounding(self, name: str) -> float:
        """What is rounding in a component, by the largest of its vector, in the same unit."""
        for field in self._problem.fields:
            names = [c.func.__name__ for c in field.components]
            if field.vector and name in names:
                return _OF_VECTOR * max(self._found[other].rms for other in names)
        return 0.0

    def _raw(self, slope: Slope, size: float) -> float:
        own = self._found[slope.component.func.__name__]
        return per_unit(slope, size, self._lengths) * (own.rms if slope.plain else own.spread)

    def _free(self, name: str) -> bool:
        """Whether no equation sees a constant that is added to a field."""
        for _, row in self._equations():
            for slope, size in row.slopes:
                seen = size * self._found[name].rms
                if _of(slope, name) and slope.plain and seen > _UNSEEN * row.terms:
                    return False
        return True

    def _varies(self, name: str) -> bool:
        """Whether what is given makes a field vary: sources, or data that do."""
        means, spread = [], 0.0
        for label, rows in self._measured.items():
            for row in rows:
                if not any(_of(s, name) for s, _ in row.slopes):
                    continue
                spread = max(spread, row.spread)
                if self._problem.law(label).kind == "eq":
                    spread = max(spread, row.known)
                else:
                    means.append(row.mean)
        return max(spread, float(np.ptp(means)) if means else 0.0) > _GIVEN * self._found[name].rms

    def _equations(self) -> Iterator[tuple[str, RowSize]]:
        for label, rows in self._measured.items():
            if self._problem.law(label).kind == "eq":
                yield from ((label, row) for row in rows)


def _of(slope: Slope, name: str) -> bool:
    return slope.component.func.__name__ == name


def _ratio(residual: float, scale: float) -> float:
    """Where all that a law holds is zero there is nothing to compare with but 1."""
    return residual / scale if scale > 0 else residual
