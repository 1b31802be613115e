"""Error against step and time of Adam, L-BFGS, ENGD and ANaGRAM on five problems, as pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pdedsl.plots.comparison import comparison_figure

from .common import Reproduction, Row, Study, error, how, spec


@dataclass(frozen=True)
class Case:
    """A problem with the network and the points of the authors.

    Args:
        title: of its rows.
        problem: name of the spec.
        width: of the tanh layers, whose parameters begin at N(0, 0.1²).
        depth: number of these layers.
        points: by kind of law.
        sampling: ``grid``, or ``uniform`` for random points that stay.
        steps: of ENGD and ANaGRAM at scale 1.
        published: what the source says of ANaGRAM.
    """

    title: str
    problem: str
    width: int
    depth: int
    points: Mapping[str, int]
    sampling: str
    steps: int
    published: str = "in figures only"

    def settings(self, method: str) -> dict[str, object]:
        """The changes of a preset: the same network, points and loss for all methods.

        The loss is a mean of squares for each law. ANaGRAM leaves the rows unscaled, which
        weights equal to the numbers of points do.
        """
        laws = ("eq", "bc", "ic")
        unscaled = method == "anagram"
        network = {"width": self.width, "depth": self.depth, "activation": "tanh"}
        start = {"init": "normal", "scale": 0.1}
        points = {law: self.points.get(law, 1) for law in laws}
        weights = {law: points[law] if unscaled else 1 for law in laws}
        sections = {"model": network | start, "weights": weights, "sampling.points": points}
        changes = {f"{s}.{key}": v for s, keys in sections.items() for key, v in keys.items()}
        return changes | {"sampling.kind": self.sampling, "sampling.resample": 0}


SQUARE, EVOLUTION = {"eq": 900, "bc": 120}, {"eq": 900, "bc": 60, "ic": 30}
LINE, CUBE = EVOLUTION | {"ic": 41}, {"eq": 4000, "bc": 500}
BETTER = "better after 500 steps than Adam and L-BFGS after 15,000 each"
OWN = "in figures; {} by their code"
CASES = (
    Case("2D Laplace", "poisson_2d", 32, 1, SQUARE, "grid", 400, OWN.format("1.9e-9")),
    Case("heat", "heat_quarter", 64, 1, EVOLUTION, "grid", 200, OWN.format("1e-6 absolute")),
    Case("5D Laplace", "laplace_5d", 64, 1, CUBE, "uniform", 80, OWN.format("9.6e-4 absolute")),
    Case("Allen–Cahn", "allen_cahn_anagram", 20, 3, LINE, "grid", 100),
    Case("Burgers", "burgers", 20, 3, LINE, "grid", 100, BETTER),
)
FIRST_ORDER = {"adam": 2500, "lbfgs": 500}
"""Steps at scale 1; those of the source are 20,001 and 2,001, and 15,000 each for Burgers."""


def measure(study: Study) -> Iterator[Row]:
    """A row for each problem and method, and a picture for each problem."""
    for case in CASES:
        problem = spec(case.problem)
        by_auto = study.auto(problem)
        steps = FIRST_ORDER | {"engd": case.steps, "anagram": case.steps}
        solutions = []
        for method, count in steps.items():
            solution = study.solve(problem, method, count, case.settings(method))
            solutions.append(solution)
            published = case.published if method == "anagram" else "in figures only"
            yield Row(f"{case.title}, {method}", published, error(solution), by_auto, how(solution))
        study.keep(comparison_figure(solutions), case.problem)


REPRODUCTION = Reproduction(
    __file__,
    "Natural gradients against Adam and L-BFGS",
    "Schwencke and Furtlehner, arXiv 2412.10782, and their slides",
    measure,
)

if __name__ == "__main__":
    REPRODUCTION.main()
