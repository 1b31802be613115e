"""The minimal example of the slides: heat on (0, π) by a network of torch and Adam, then by lm.

Their script as a module of torch in a residual system: layers of 10 and 20 tanh neurons, 1,500
steps of Adam with the rate 0.05, and 300 fresh uniform points in each step for the equation, the
start and each end of the rod. All points of a law are in one mean here, so that both ends together
have the weight 2 where the script adds a mean for each; and inputs are scaled to [−1, 1].
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

import pdedsl

from .common import Reproduction, Row, Study, error, how, spec

STEPS = 1500
METHOD = pdedsl.Method.model_validate({
    "optimizer": {"kind": "adam", "rate": 0.05, "decay": 1.0},
    "sampling": {"kind": "uniform", "points": {"eq": 300, "ic": 300, "bc": 600}, "resample": 1},
    "weights": {"bc": 2.0},
})  # fmt: skip
PUBLISHED = "in figures only"


def measure(study: Study) -> Iterator[Row]:
    """The script of the slides, then second-order steps on a network of that size."""
    problem, by_auto = spec("heat"), study.auto(spec("heat"))
    steps = study.count(STEPS)
    found = _by_module(steps)
    by = f"adam, {steps:,} steps, rate 0.05"
    yield Row("their network and Adam", PUBLISHED, found, by_auto, by)
    layers = {"model.width": 15, "model.depth": 2}
    solution = study.solve(problem, "lm", 60, layers)
    yield Row("a network of that size, lm", None, error(solution), by_auto, how(solution))


def _by_module(steps: int) -> float:
    """The relative L2 error of the network of the slides after so many steps of Adam."""
    torch.manual_seed(0)
    module = torch.nn.Sequential(
        torch.nn.Linear(2, 10), torch.nn.Tanh(),
        torch.nn.Linear(10, 20), torch.nn.Tanh(),
        torch.nn.Linear(20, 1),
    )  # fmt: skip
    sampling = METHOD.sampling
    system = pdedsl.compile(
        spec("heat"), module, sampling.points, sampling.kind, weights=METHOD.weights
    )
    optimizer = METHOD.optimizer.model_copy(update={"iterations": steps})
    outcome = pdedsl.train(system, METHOD.model_copy(update={"optimizer": optimizer}))
    x, t = np.meshgrid(np.linspace(0, np.pi, 101), np.linspace(0, 1, 101))
    points = torch.from_numpy(np.stack([x.ravel(), t.ravel()], axis=1))
    exact = torch.from_numpy((np.exp(-t) * np.sin(x)).ravel())
    return float((system.fields(outcome.theta, points)["u"] - exact).norm() / exact.norm())


REPRODUCTION = Reproduction(
    __file__,
    "A minimal example: the heat equation",
    "slides “Physics informed neural networks: some insights and limitations”, MathsInFluid, Lyon",
    measure,
)

if __name__ == "__main__":
    REPRODUCTION.main()
