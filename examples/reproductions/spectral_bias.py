"""Low wave numbers are learned first from values, and last from an equation.

A network is trained by Adam on u = sin x + sin 3x + sin 5x, once from the values and once from -u''
and the boundary values, where the operator multiplies each wave by its wave number squared: the
lowest wave, which the equation then hardly weighs, comes last. What is counted are the steps from
which on the error of a wave stays below a half of the wave.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

import pdedsl
from pdedsl.optimizers.protocol import Step
from pdedsl.plots.course import course_figures
from pdedsl.solution.watching import Moment
from pdedsl.solution.watching.spectrum import WaveSpectrum

from .common import Reproduction, Row, Study

WAVES = (1, 3, 5)
SPEC = """problem "a sum of waves"
domain  Omega: x in [-pi, pi]
unknown u(x)
let     us = sum(sin((2*k - 1)*x) for k in 1..3)
{laws}
exact u = us
"""
FROM = {
    "values": ("its values", "eq: u = us", "grows with the wave number, in figures"),
    "equation": (
        "-u'' and boundary values",
        "eq: -u_xx = sum((2*k - 1)^2*sin((2*k - 1)*x) for k in 1..3)\nbc: u = us  on boundary",
        "the operator acts against it, in words",
    ),
}
STEPS, LOOKS = 2000, 80
METHOD = {
    "model": {"kind": "mlp", "width": 20, "depth": 2, "activation": "tanh"},
    "optimizer": {"kind": "adam", "rate": 1e-2, "patience": 1_000_000},
    "sampling": {"kind": "grid", "points": {"eq": 40}},
}


def measure(study: Study) -> Iterator[Row]:
    """Steps until the error of each wave is halved, and a picture of each course."""
    for label, (words, laws, published) in FROM.items():
        moments = _moments(SPEC.format(laws=laws), study.count(STEPS))
        study.keep(course_figures(moments)["frequencies_u"], label)
        for k in WAVES:
            halved = _halved(moments, k)
            case = f"sum of waves from {words}: steps until the error of sin {k}x is below a half"
            remark = "" if halved else f"not within {moments[-1].iteration:,} steps"
            yield Row(case, published, halved, how="adam", remark=remark)


def _moments(text: str, steps: int) -> list[Moment]:
    """The error by wave number along a training."""
    problem = pdedsl.parse(text)
    method = pdedsl.Method.model_validate(METHOD)
    optimizer = method.optimizer.model_copy(update={"iterations": steps})
    method = method.model_copy(update={"optimizer": optimizer})
    system = pdedsl.compile(problem, method.model, method.sampling.points, "grid")
    waves, found = WaveSpectrum(problem, system), []

    def see(iteration: int, step: Step, _: object) -> None:
        if iteration % max(1, steps // LOOKS) == 0:
            bands = waves.at(step.theta)
            found.append(Moment(iteration, 0.0, step.loss, system.weights, bands=bands))

    pdedsl.train(system, method, on_step=see)
    return found


def _halved(moments: list[Moment], k: int) -> float | None:
    """The first iteration from which on at most half of the wave sin kx is left; None for none."""
    first = None
    for moment in moments:
        assert moment.bands is not None
        (band,) = moment.bands
        assert band.known is not None
        place = int(np.argmin(np.abs(band.wave_numbers - k)))
        if band.sizes[place] > band.known[place] / 2:
            first = None
        elif first is None:
            first = float(moment.iteration)
    return first


REPRODUCTION = Reproduction(
    __file__,
    "Spectral bias",
    "Rahaman et al., arXiv 1806.08734; the conflict with the operator: Wang, Yu and Perdikaris, "
    "arXiv 2007.14527",
    measure,
)

if __name__ == "__main__":
    REPRODUCTION.main()
