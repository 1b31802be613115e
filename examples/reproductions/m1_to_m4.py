"""Models M1 to M4 on the Helmholtz and Klein–Gordon equations.

M1 is the plain network, M2 anneals the weights of the conditions, M3 mixes every layer with two
gates, M4 does both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pdedsl.plots.comparison import comparison_figure

from .common import Reproduction, Row, Study, Value, error, how, spec

STEPS, THEIRS = 4000, 40_000
REMARK = f"theirs {THEIRS:,} steps"
QUOTED = tuple(f"{e} (quoted)" for e in ("1.79e-1", "1.06e-2", "1.97e-2", "2.81e-3"))


@dataclass(frozen=True)
class Case:
    """An equation, with the changes of the presets, which have the settings for Helmholtz.

    Args:
        title: of its rows.
        problem: name of the spec.
        published: errors of M1 to M4.
        settings: the authors' network, batches, and sums over the sides where they are others.
    """

    title: str
    problem: str
    published: tuple[Value, ...]
    settings: Mapping[str, object]


CASES = (
    Case(
        "Helmholtz (1, 4)", "helmholtz", (0.181, "about 1/10 of M1", None, "about 1/30 of M1"), {}
    ),
    Case(
        "Klein–Gordon",
        "klein_gordon",
        QUOTED,
        {"model.depth": 5, "weights.bc": 2, "sampling.points.bc": 256},
    ),
)


def measure(study: Study) -> Iterator[Row]:
    """A row for each model, and a picture for each equation.

    The rate falls with the steps as theirs does, so that it is larger at the end: with a rate that
    falls as much in a tenth of the steps M1 ends at an error of 4.2, and M4 at 0.67.
    """
    for case in CASES:
        problem = spec(case.problem)
        by_auto = study.auto(problem)
        solutions = []
        for number, figure in enumerate(case.published, 1):
            solution = study.solve(problem, f"m{number}", STEPS, dict(case.settings))
            solutions.append(solution)
            yield Row(
                f"{case.title}, M{number}", figure, error(solution), by_auto, how(solution), REMARK
            )
        study.keep(comparison_figure(solutions), case.problem)


REPRODUCTION = Reproduction(
    __file__, "Models M1 to M4", "Wang, Teng and Perdikaris, arXiv 2001.04536", measure
)

if __name__ == "__main__":
    REPRODUCTION.main()
