"""What to do about a result that is not good enough, by the method and the way it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .beyond_time import beyond_time
from .resolution import unfollowed
from .spec_doubts import doubts

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution


def advice(solution: Solution) -> str:
    """One piece of advice that can help: mend the spec where its checks found fault, else train on.

    A minimum of a basis is lowered by other functions alone, that of a network by another one too;
    a training that was cut off wants time, unless none helps.
    """
    found = doubts(solution.problem)
    if found:
        return f"mend the spec first: {'; '.join(found)}"
    if beyond := beyond_time(solution.problem):
        return beyond
    if narrow := unfollowed(solution):
        return narrow
    status = solution.outcome.status
    if status == "budget":
        return "give it more time (--budget)"
    if status == "iterations":
        return "allow more iterations (--iterations, optimizer.iterations)"
    if automatic(solution):
        return "give the choice of the method more time (--budget), or take a network (--model mlp)"
    if has_basis(solution):
        return "take more functions (--with model.modes=…), or let auto choose (--method auto)"
    wider = "try a wider network (--with model.width=…)"
    if solution.provenance.method == "auto":
        return f"{wider} or another --seed"
    return f"{wider}, another --seed, or --method auto"


def more_points(solution: Solution) -> str:
    """The same where the points of the training see too little."""
    if automatic(solution) or beyond_time(solution.problem):
        return advice(solution)
    return "take more points (--with sampling.points.eq=…), or let auto choose (--method auto)"


def automatic(solution: Solution) -> bool:
    """Whether the method was found by a search, which a longer budget carries further."""
    return solution.provenance.method == "auto" and has_basis(solution)


def has_basis(solution: Solution) -> bool:
    """Whether all fields are sums of given functions."""
    return all(network.model.linear for network in solution.system.networks)
