"""For which problems the Green's function of a network can be drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdedsl.ir import Interior, Law, Problem

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem

MOST_PARAMETERS = 2_000
_MOST_INPUTS = 2


def equations(problem: Problem) -> tuple[Law, ...]:
    """The laws in the interior."""
    return tuple(law for law in problem.laws if isinstance(law.place, Interior))


def obstacle(system: ResidualSystem) -> str:
    """Why there is no picture of it, in words; empty where there is one."""
    problem = system.problem
    found = equations(problem)
    if len(problem.inputs) > _MOST_INPUTS:
        return f"the problem has {len(problem.inputs)} inputs, and at most two can be drawn"
    if len(found) != 1 or len(found[0].residuals) != 1 or len(problem.components) != 1:
        return "the problem is not one scalar equation for one scalar unknown"
    if system.parameters > MOST_PARAMETERS:
        return (
            f"the model has {system.parameters:,} parameters, and it is computed for at most "
            f"{MOST_PARAMETERS:,}"
        )
    block = next(b for b in system.blocks if b.label == found[0].label)
    return "" if block.weight else f"{block.label} has the weight 0"
