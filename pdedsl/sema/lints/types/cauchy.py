"""L117: an elliptic problem with too many conditions on one part of ∂Ω and too few on another.

With u and ∂u/∂n given on a part and nothing on another this is the Cauchy problem of Hadamard:
waves of length 1/k on the part with both grow like e^{kd} over the distance d, so that errors of
the data, and of rounding, are the solution. For an elliptic determinant of order 2m every point of
the boundary takes m conditions (S. Agmon, A. Douglis and L. Nirenberg, Comm. Pure Appl. Math. 17
(1964), 35–92); the sideways heat equation is no better.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pdedsl.calculus.coefficients import coefficients
from pdedsl.diagnostics import Diagnostic, Note
from pdedsl.ir import Domain, Problem
from pdedsl.sema.lints.conditions import conditions_on
from pdedsl.sema.lints.coverage.tally import Tally, by_axis, counted
from pdedsl.sema.lints.outlines import Part
from pdedsl.sema.lints.structure import Equation, Group, listed

from .spatial import elliptic_order

_NUMBERS = {0: "none", 1: "one", 2: "two", 3: "three", 4: "four"}
_MOST = 6  # parts that are named


def cauchy(
    problem: Problem, domain: Domain, group: Group, outline: Sequence[Part]
) -> Diagnostic | None:
    """The finding for coupled fields on a domain, or None."""
    due = elliptic_order(problem, group, domain)
    if due is None:
        return None
    pieces = [p for _, own in by_axis(problem, domain, group, outline) for p in own]
    tallies = [counted(problem, group, part) for part in pieces]
    if any(t.tied for t in tallies):
        return None
    over = [_Place(t, (t.have > due) & (t.least > 0)) for t in tallies]
    under = [_Place(t, (t.have < due) & (t.least > 0)) for t in tallies]
    over, under = ([p for p in places if p.mask.any()] for places in (over, under))
    over = [p for p in over if _distinct(problem, group, p) > due]
    return _finding(problem, group, over, under, due) if over and under else None


def _distinct(problem: Problem, group: Group, place: _Place) -> int:
    """Conditions at the place that differ in more than their values: u = 0 twice is one of them."""
    found = _conditions_at(problem, group, place)
    return len({frozenset(coefficients(e.residual).items()) for e in found})


class _Place(NamedTuple):
    """A part of the boundary, and the points of it that are meant."""

    tally: Tally
    mask: NDArray[np.bool_]

    @property
    def given(self) -> int:
        """Conditions at the first of the points."""
        return int(self.tally.have[np.argmax(self.mask)])

    @property
    def name(self) -> str:
        """The part as it is written, or that some of it is meant."""
        part = self.tally.part
        if self.mask.all():
            return part.name
        point = ", ".join(f"{x:.3g}" for x in part.points[np.argmax(self.mask)])
        return f"a part of {part.name}, such as ({point}),"


def _finding(
    problem: Problem, group: Group, over: list[_Place], under: list[_Place], due: int
) -> Diagnostic:
    crowded, bare = _named(over), _named(under)
    have, lack = over[0].given, under[0].given
    message = (
        f"{crowded} {'has' if len(over) == 1 else 'have'} {_count(have, 'condition')} on "
        f"{group.names} and {bare} {_NUMBERS.get(lack, lack)}, where {_count(due)} "
        f"{'is' if due == 1 else 'are'} due everywhere: short waves of the data grow without bound "
        "away from there, and no stable solution is determined"
    )
    laws = dict.fromkeys(e.law for e in _conditions_at(problem, group, over[0]))
    law, *others = reversed(laws)
    whole = len(law.residuals) == have - due
    what = law.label if whole else f"{_count(have - due)} of the {_count(have)}"
    where = bare if under[0].mask.all() else "the rest of the boundary"
    place = crowded if over[0].mask.all() else "this part of it"
    notes = tuple(Note("this is a condition there", other.span) for other in others[::-1])
    return Diagnostic(
        "L117", message, law.span, f"give {what} on {where} in place of {place}", notes
    )


def _count(number: int, word: str = "") -> str:
    name = _NUMBERS.get(number, str(number))
    return f"{name} {word}{'s' if number != 1 else ''}" if word else name


def _conditions_at(problem: Problem, group: Group, place: _Place) -> list[Equation]:
    return [
        c.equation
        for c in conditions_on(problem, place.tally.part)
        if c.equation.functions & group.functions and np.any(c.mask & place.mask)
    ]


def _named(places: list[_Place]) -> str:
    names = [p.name for p in places]
    return listed([*names[:_MOST], *(["others"] if len(names) > _MOST else [])]).removesuffix(",")
