"""What makes a solution doubtful, in the spec and in the form it is solved in, as words."""

from __future__ import annotations

from collections.abc import Iterator

from pdedsl.calculus.zero import KINKED
from pdedsl.ir import Problem
from pdedsl.transforms.weak.orders import hidden_jumps
from pdedsl.transforms.weak.weak_form import weak_laws

_HARMLESS = frozenset({"L109"})  # a name that is never used changes no solution


def doubts(problem: Problem) -> tuple[str, ...]:
    """``lint[L103]: u needs one initial condition and has none (add ic: …)`` and the like."""
    return tuple(
        f"lint[{d.code}]: {d.message}" + (f" ({d.mend})" if d.mend else "")
        for d in problem.lints
        if d.code not in _HARMLESS
    )


def lost_jumps(problem: Problem, solved: Problem) -> Iterator[str]:
    """The equations whose residual at points has lost the derivative of a jump.

    With a jump of a, (a u_x)_x is a u_xx at every point beside it: that the flux a u_x is the same
    on both sides is nowhere said, and a minimum of the loss need not be the solution.

    Args:
        problem: as it was given.
        solved: the same, or divided; where it is cut at the jump the flux is joined.
    """
    left = {node for law in solved.laws for r in law.residuals for node in r.atoms(*KINKED)}
    for law in weak_laws(problem) if left else ():
        written = [
            d for residual in problem.residuals_as_written(law) if residual.has(*KINKED)
            for d in hidden_jumps(residual)
        ]  # fmt: skip
        if any(left & d.atoms(*KINKED) for d in written):
            yield (
                f"{law.label}: a coefficient jumps inside of a derivative, and residuals at points "
                "do not say that its flux is continuous there, so this may be the solution of "
                "another problem; write form.kind = weak, or cut there with domain.split"
            )
