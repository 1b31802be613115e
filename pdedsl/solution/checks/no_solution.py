"""Laws that no function satisfies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdedsl.calculus.linearity import is_linear

from .finding import Finding

if TYPE_CHECKING:
    from pdedsl.estimates.solvability.unreachable import Unreachable
    from pdedsl.solution.solution import Solution

_REACHED = 0.5
"""Of the least residual of all functions, below which that of a solution shows it to be wrong: its
points see sources and data that those of the check do not."""
_STALLED = 1e-6
"""Of the first loss, the last from which a nonlinear problem is looked at; a choice."""
_LINT = "L113"


def check_no_solution(solution: Solution) -> Finding | None:
    """Whether sources and data are not orthogonal to the null functions of the adjoint."""
    found = next((d for d in solution.problem.lints if d.code == _LINT), None)
    if found is not None:
        return Finding("no solution", found.message, found.mend or "")
    text = _out_of_reach(solution, proven=True)
    if text is None:
        return None
    return Finding("no solution", text, "change the source or the data, or drop a condition")


def check_out_of_reach(solution: Solution) -> Finding | None:
    """Whether functions of moderate degree cannot satisfy the laws, which others might."""
    text = _out_of_reach(solution, proven=False)
    if text is not None:
        mend = "either these laws contradict each other, or the solution has thin layers"
        return Finding("inaccurate", f"for functions of moderate degree {text}", mend)
    history = solution.outcome.history
    linear = all(is_linear(solution.problem, law) for law in solution.problem.laws)
    if linear or not history or solution.outcome.loss < _STALLED * history[0].loss:
        return None
    from pdedsl.estimates.solvability.stalled import find_stalled

    lost = find_stalled(solution.problem)
    if lost is None:
        return None
    from pdedsl.estimates.solvability.unreachable_words import floors_text

    left = floors_text(lost)
    reason = f"no solution was found: steps from zero end where {left} are left, at any degree"
    return Finding("inaccurate", reason, "there may be none for these parameters and data")


def _out_of_reach(solution: Solution, proven: bool) -> str | None:
    known = solution.solvability
    lost = known.unreachable if known is not None and known.proven is proven else None
    if lost is None or _part_left(solution, lost) < _REACHED:
        return None
    from pdedsl.estimates.solvability.unreachable_words import unreachable_text

    return unreachable_text(lost)


def _part_left(solution: Solution, lost: Unreachable) -> float:
    """The most that the residual r of a solution may have of w, over what every function has.

    With the null function w of the adjoint it is (Σ ‖w_l‖ ‖r_l‖) / ⟨w, r⟩ over the laws l, at least
    1 for every function by the inequality of Cauchy and Schwarz.
    """
    laws = solution.outcome.laws
    own = [(b, laws.get(b.block.label, 0.0)) for b in lost.blocks]
    norms = [(lost.share(block) ** 0.5, rms / block.scale) for block, rms in own]
    return float(sum(w * r for w, r in norms) / (lost.rows @ lost.rows) ** 0.5)
