"""Gradients of the equation and of the boundary values at each layer, with and without weights.

The source shows histograms of the Helmholtz problem (1, 4) after 40,000 steps: without weights the
entries of the gradient of the boundary loss are sharply concentrated around zero, with annealed
weights they are as wide as those of the equation.
"""

from __future__ import annotations

from collections.abc import Iterator

from pdedsl.conditioning.networks.gradients import gradient_histograms, gradients_by_part
from pdedsl.plots.spectra import gradient_figure

from .common import Reproduction, Row, Study, how, spec

STEPS = 2500  # of 40,000


def measure(study: Study) -> Iterator[Row]:
    """The spread of the boundary's gradient over that of the equation, in the hidden layers."""
    for method, published in (("m1", "much narrower, in figures"), ("m2", "as wide, in figures")):
        solution = study.solve(spec("helmholtz"), method, STEPS)
        system, theta = solution.system, solution.theta
        study.keep(gradient_figure(gradient_histograms(system, theta)), method)
        for part, laws in gradients_by_part(system, theta).items():
            share = laws["bc"].std() / laws["eq"].std()
            case = f"Helmholtz, {method}, {part}: spread of the boundary's gradient over the other"
            yield Row(case, published, float(share), how=how(solution))


REPRODUCTION = Reproduction(
    __file__, "Gradients by layer and law", "Wang, Teng and Perdikaris, arXiv 2001.04536", measure
)

if __name__ == "__main__":
    REPRODUCTION.main()
