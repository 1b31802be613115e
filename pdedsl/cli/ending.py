"""What is said of a solution at the end, and the exit status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .console import emit_json, say

if TYPE_CHECKING:
    from pdedsl.results import Solution


def report(solution: Solution, as_json: bool, quiet: bool) -> int:
    """Print the result; returns the exit status."""
    data = solution.summary()
    if as_json:
        emit_json(data)
    elif not quiet:
        from .result import show_result

        show_result(data)
    for problem in solution.unsaved:
        say(f"pdedsl: {problem}")
    if solution.unsaved:
        say(f"pdedsl: the run is not, or not wholly, saved; free some space and {_again(solution)}")
    if solution.status == "interrupted":
        say(f"pdedsl: interrupted: {data['reason']}")
        if solution.run is not None and not solution.unsaved:
            say(f"pdedsl: {_again(solution)}")
    elif solution.failure is not None:
        say(f"pdedsl: {solution.status}: {solution.failure}")
    return exit_status(solution)


def _again(solution: Solution) -> str:
    """How to go on with a run that is not done."""
    from pdedsl.runs import RunFolder

    if solution.run is None or not RunFolder(solution.run).training.is_file():
        return "solve again"
    return f"go on from its last checkpoint with: pdedsl resume {solution.run}"


def exit_status(solution: Solution) -> int:
    """0, or 3 where something speaks against the solution, or it is not saved or not finished."""
    ended = solution.usable and solution.outcome.status != "interrupted"
    return 0 if ended and not solution.unsaved else 3
