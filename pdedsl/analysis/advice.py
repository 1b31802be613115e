"""The recommended method and the reason."""

from __future__ import annotations

from pdedsl.calculus.linearity import is_linear
from pdedsl.choice.auto import choose
from pdedsl.compiler.lowering.lower import lower
from pdedsl.diagnostics import UserError
from pdedsl.ir import Problem
from pdedsl.solution.checks.spec_doubts import doubts

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
    try:
        lowered = lower(problem)
    except UserError as refused:
        reasons = "; ".join(dict.fromkeys(d.message for d in refused.diagnostics))
        return Advice("none", f"this problem cannot be trained yet: {reasons}", doubts(problem))
    choice = choose(lowered, march=False)
    reason = choice.why
    if found is not None and steps is not None:
        resolved = choice.method.model.kind == "basis"
        reason += "; " + _first_order(problem, found, steps, resolved)
    return Advice("auto", reason, doubts(problem))


def _first_order(problem: Problem, found: Conditioning, steps: Steps, resolved: bool) -> str:
    most, kappa = number(steps.plain, 2), number(found.kappa, 2)
    plain = f"gradient descent would take up to {most} steps (κ = {kappa})"
    if steps.plain < _FEW:
        return f"{plain} in this basis"
    if steps.preconditioned > steps.plain / _WORTH:
        return plain
    return (
        f"{plain}, and {number(steps.preconditioned, 2)} with parameters scaled by the inverse "
        f"symbol ({_preconditioned(problem, resolved)})"
    )


def _preconditioned(problem: Problem, resolved: bool) -> str:
    """The methods that scale so; descent in a basis is one where a basis has the solution.

    Args:
        problem: the problem.
        resolved: whether some basis does.
    """
    linear = not problem.numbers and all(is_linear(problem, law) for law in problem.laws)
    if linear and resolved:
        return "methods preconditioned_gd and, for a network, preconditioned_fourier"
    return "for a network, method preconditioned_fourier"
