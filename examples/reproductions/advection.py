"""Transport at growing speed: where plain training fails, and what cures it, with κ beside each.

u_t + β u_x = 0 with u = sin x at the start, periodic in x. Krishnapriyan et al. train networks of
four tanh layers by up to 100,000 steps of L-BFGS, which fail from β = 20 on; their curriculum
raises β from 1 in steps of 1, and their networks in sequence have times of 0.1. Departures:
networks of three layers of 20, so that thousands of steps take minutes; and periodicity is part of
the network, which sees cos x and sin x.
"""

from __future__ import annotations

from collections.abc import Iterator

import pdedsl
from pdedsl.conditioning.assembly import assemble
from pdedsl.conditioning.discretisation import discretise
from pdedsl.conditioning.weights import best_weight
from pdedsl.ir import Problem
from pdedsl.results import Solution

from .common import Reproduction, Row, Study, error, how, spec

SPEEDS = (10.0, 30.0, 50.0, 70.0)
PLAIN = {10.0: "learnt, in figures", 30.0: "0.897, quoted", 50.0: "fails, in figures",
         70.0: "fails, in figures"}  # fmt: skip
LAYERS = {"model.width": 20, "model.depth": 3}
POINTS = {"sampling.points": {"eq": 1500, "ic": 200}}
BOTH = LAYERS | POINTS
STEPS = 400
HARD = 30.0
SLOWER = 14
"""Values of β before it, in steps of 2."""
FROM_SOURCE = "fewer steps than theirs"
MODES = 3
"""Of the basis whose matrix κ belongs to, in x and t."""
SHALLOW = {"model.kind": "mlp", "model.width": 60, "model.depth": 1, "model.bandwidth": 4.0}


def measure(study: Study) -> Iterator[Row]:
    """κ and the plain method for each speed, then the cures at β = 30."""
    for beta in SPEEDS:
        problem = spec("advection", beta=beta)
        solution = study.solve(problem, "lbfgs", STEPS, BOTH)
        case = f"β = {beta:g}, κ = {_kappa(problem):.3g}: L-BFGS"
        auto = study.auto(problem)
        yield Row(case, PLAIN[beta], error(solution), auto, how(solution), FROM_SOURCE)
    yield from _cures(study)
    yield from _gradients(study)


def _cures(study: Study) -> Iterator[Row]:
    """Easier speeds first, and shorter times."""
    problem = spec("advection", beta=HARD)
    values = min(SLOWER, study.count(SLOWER))
    changes = BOTH | {"optimizer.kind": "lm", "schedule.continuation.steps": values}
    solution = study.solve(problem, "curriculum", 10, changes)
    yield Row(
        f"β = {HARD:g}: curriculum, lm", "0.0202, quoted", error(solution), None,
        f"{_each(study, 10)} at each of {values + 1} speeds",
        "steps of Levenberg–Marquardt, as L-BFGS needs more at each speed",
    )  # fmt: skip
    kappa = _kappa(_shorter(0.1))
    piece = {"kind": "mlp", "width": 20, "depth": 3, "activation": "tanh"}
    for steps, optimizer in ((100, "lbfgs"), (12, "lm")):
        changes = {"model.pieces": [piece], "optimizer.kind": optimizer}
        changes["sampling.points"] = {"eq": 1000, "ic": 200}
        solution = study.solve(problem, "seq2seq", steps, changes)
        yield Row(
            f"β = {HARD:g}: times of 0.1, κ = {kappa:.3g} each, {optimizer}",
            "0.105, quoted", error(solution), None,
            f"{_each(study, steps)} at each of 10 times", FROM_SOURCE,
        )  # fmt: skip


def _gradients(study: Study) -> Iterator[Row]:
    """A shallow network by preconditioned gradients, and by Adam; the figure is the loss."""
    problem = spec("advection", beta=HARD)
    fresh = {"sampling.resample": 0, "optimizer.decay": 1.0}
    for name, steps, extra in (("preconditioned_gradients", 150, {}), ("adam", 1500, fresh)):
        changes = SHALLOW | POINTS | extra
        solution = study.solve(problem, name, steps, changes)
        yield Row(
            f"β = {HARD:g}, shallow network: loss, {name}", "in figures only",
            _fall(solution), None, how(solution), "part of the first loss",
        )  # fmt: skip


def _kappa(problem: Problem) -> float:
    """The best κ(A) of a basis."""
    space = discretise(problem, "mixed", MODES)
    return best_weight(assemble(problem, space)).kappa


def _fall(solution: Solution) -> float:
    """The loss as a part of the first one."""
    return solution.outcome.loss / solution.outcome.history[0].loss


def _each(study: Study, steps: int) -> str:
    return f"{study.count(steps):,} steps"


def _shorter(end: float) -> Problem:
    text = spec("advection").source.text
    return pdedsl.parse(text.replace("t in [0, 1]", f"t in [0, {end}]")).with_params(beta=HARD)


REPRODUCTION = Reproduction(
    __file__,
    "Transport at growing speed",
    "Krishnapriyan et al., arXiv 2109.01050; De Ryck et al., arXiv 2310.05801",
    measure,
)

if __name__ == "__main__":
    REPRODUCTION.main()
