"""The search for a basis within a budget: degrees by axis first, total degrees after that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from pdedsl.choice.allowance import Allowance
from pdedsl.choice.traits import Traits
from pdedsl.choice.tuning import ACCEPTANCE, BUDGET, SEARCH, SHAPES, by_linearity
from pdedsl.compiler.lowering.lower import LoweredProblem

from .axis_degrees import search_axis_degrees
from .basis_choice import resolves
from .search import SearchResult
from .total_degrees import search_total_degrees
from .trial import BasisTrial, row_level


@dataclass(frozen=True)
class SearchBounds:
    """Bounds of the search for a budget.

    Args:
        seconds: by the clock.
        extended: the same once a trial is promising.
        by_axis: most functions with degrees by axis.
        total: most functions of a total degree.
        short: whether the budget is short.
        marches: whether a march can follow.
    """

    seconds: float
    extended: float
    by_axis: int
    total: int
    short: bool
    marches: bool

    @classmethod
    def of(cls, seconds: float, linear: bool, marches: bool, shapes: bool = False) -> SearchBounds:
        """The bounds for a budget in seconds; arguments as the attributes.

        On ``shapes``, domains that are no boxes, networks are no way out, and most of the time is
        for bases.
        """
        # A trial is one least-squares problem where all is linear, and then ends at rounding. Where
        # it is not, a march is to have the time, and the large systems.
        short, before_march = seconds < BUDGET.short, marches and not linear
        share = BUDGET.before_march if before_march else BUDGET.search
        by_axis = total = by_linearity(linear).most_functions
        if not before_march:
            by_axis = SEARCH.most_by_axis
        if shapes:
            share = BUDGET.on_shapes
            total = SHAPES.most_linear if linear else SHAPES.most_nonlinear
        elif short:
            by_axis, total = SEARCH.most_by_axis_in_short, SEARCH.most_in_short
        extended = 0.0 if before_march else BUDGET.promising * seconds
        searched = max(share * seconds, BUDGET.least_search)
        return cls(searched, extended, by_axis, total, short, marches)

    def allowance(self, whole: Allowance, share: float = 1.0, used: float = 0.0) -> Allowance:
        """What is left of a share of the time, and of that of the whole choice."""
        left, extended = (max(0.0, t - used) for t in (share * self.seconds, self.extended))
        return whole.part(left, extended)


def find_basis(
    lowered: LoweredProblem,
    facts: Traits,
    weights: Mapping[str, float],
    bounds: SearchBounds,
    whole: Allowance,
    notify: Callable[[BasisTrial], None] | None = None,
) -> tuple[SearchResult, bool]:
    """The search that left least of the residual, and whether its best trial resolves the solution.

    Arguments as for `search`; ``whole`` bounds the time of all of the choice.
    """
    began, how = whole.used, (lowered, facts.linear, weights)
    own = bounds.allowance(whole, BUDGET.by_axis)
    by_axis = search_axis_degrees(*how, bounds.by_axis, own, notify)

    def done(found: SearchResult) -> bool:
        if not resolves(facts, found, bounds.short, bounds.marches):
            return False
        # A march sees what is small beside something large, and follows what grows from it.
        return not bounds.marches or _every_row(lowered, weights, found)

    resolved = done(by_axis)
    if resolved or by_axis.not_smooth:
        return by_axis, resolved
    rest = bounds.allowance(whole, used=whole.used - began)
    total = search_total_degrees(*how, bounds.total, rest, notify)
    if done(total):
        return total, True
    nearer = min((total, by_axis), key=lambda found: found.level)
    if by_axis.out_of_time or total.out_of_time:
        spent = total if total.out_of_time else by_axis
        nearer = replace(nearer, end=spent.end, out_of_time=True)
    return nearer, False


def _every_row(lowered: LoweredProblem, weights: Mapping[str, float], found: SearchResult) -> bool:
    """Whether every row of every law holds by the size of its own terms."""
    assert found.best is not None
    return row_level(lowered, weights, found.best) <= ACCEPTANCE.every_row
