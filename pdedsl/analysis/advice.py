"""The recommended method and the reason."""

from __future__ import annotations

from pdedsl.compiler.support import unsupported
from pdedsl.ir import Problem
from pdedsl.methods.auto import choose

from .report import Advice, Conditioning, Steps
from .rounding import number

_FEW = 2e3  # steps of gradient descent that are no obstacle
_WORTH = 10.0  # factor in steps from which a preconditioner is worth naming


def advise(problem: Problem, found: Conditioning | None, steps: Steps | None) -> Advice:
    """What `auto` takes, and what the condition number says of first-order methods.

    Args:
        problem: the problem.
        found: the condition numbers, or None.
        steps: predicted from them.
    """
    refused = unsupported(problem)
    if refused:
        reasons = "; ".join(dict.fromkeys(d.message for d in refused))
        return Advice("none", f"this problem cannot be trained yet: {reasons}")
    reason = choose(problem).why
    if found is not None and steps is not None:
        reason += "; " + _first_order(problem, found, steps)
    return Advice("auto", reason)


def _first_order(problem: Problem, found: Conditioning, steps: Steps) -> str:
    most, kappa = number(steps.plain, 2), number(found.kappa, 2)
    plain = f"gradient descent would take up to {most} steps (κ = {kappa})"
    if steps.plain < _FEW:
        return f"{plain} in this basis"
    if steps.preconditioned > steps.plain / _WORTH:
        return plain
    return (
        f"{plain}, and {number(steps.preconditioned, 2)} with parameters scaled by the inverse "
        f"symbol ({_preconditioned(problem)})"
    )


def _preconditioned(problem: Problem) -> str:
    """The methods that scale so; a periodic basis represents periodic functions alone."""
    circles = all(set(problem.periodic_axes(c)) == set(c.args) for c in problem.components)
    if circles:
        return "methods preconditioned_gd and, for a network, preconditioned_fourier"
    return "for a network, method preconditioned_fourier"
