"""What a solution is, in lines for a reader: outcome, errors, and what was found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .solution import Solution


def facts(solution: Solution) -> list[tuple[str, str]]:
    """Label and text of each line."""
    units = {name: f" {unit}" for name, unit in solution.problem.units if unit != "1"}
    how, reason = solution.provenance, solution.failure or solution.outcome.reason
    return [
        ("method", f"{how.method}: {how.why}" if how.why else how.method),
        ("outcome", f"{solution.status}: {reason}" if reason else solution.status),
        *errors(solution),
        *((n, f"{value:.10g}{units.get(n, '')}") for n, value in solution.numbers.items()),
        *(
            (f"output {name}", f"{own.value:.10g}{units.get(name, '')}")
            for name, own in solution.outputs.items()
        ),
        ("seed", str(how.seed)),
    ]


def errors(solution: Solution) -> Iterator[tuple[str, str]]:
    """What is known of the errors, by field: estimates, then those against a known solution."""
    estimate = solution.estimate
    if estimate is None or not estimate.fields:
        reason = f": {estimate.reason}" if estimate is not None and estimate.reason else ""
        yield "estimated error", f"not estimated{reason}"
    else:
        level = ", at the level of rounding" if estimate.at_rounding else ""
        for name, own in estimate.fields.items():
            yield f"estimated error {name}", f"{own.relative:.2e}{level}"
    for name, known in (solution.errors or {}).items():
        kind = "absolute" if known.get("absolute") else "relative"
        yield f"error {name}", f"{kind} L2 {known['rel_l2']:.2e}, largest {known['linf']:.2e}"
