r"""How the gradients of both losses grow with C for -u'' = C² sin(Cx), u = sin(Cx).

For a network u_θ = u ε_θ near the solution, with |ε_θ - 1| at most ε, the source bounds

.. math:: |∇L_b|_∞ ≤ 2ε |∇ε_θ|_∞, \qquad |∇L_r|_∞ ≤ O(C^4) ε |∇ε_θ|_∞.

Here the network is brought close to u by Gauss–Newton steps, and its last layer is then multiplied
by 1.1, so that ε_θ - 1 is 0.1 for every C.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pdedsl.plots.style import figure, style

from .common import Reproduction, Row, Study, error, spec

STEPS, OFF = 150, 0.1
VALUES = (4.0, 8.0, 16.0, 32.0)
WHERE = "entry of the gradient"


def measure(study: Study) -> Iterator[Row]:
    """Largest entries by C, the exponents of both, and a picture."""
    found: dict[str, list[float]] = {"eq": [], "bc": []}
    values = VALUES[: study.count(len(VALUES), least=2)]
    for c in values:
        solution = study.solve(spec("poisson_sin", C=c), "lm_wide_sin", STEPS)
        system, theta = solution.system, solution.theta.clone()
        theta[system.affine_parameters] *= 1 + OFF
        for label, gradient in system.gradients_by_law(theta).items():
            found[label].append(float(gradient.abs().max()) / system.weights[label])
        how = f"error {error(solution):.1e} before the factor {1 + OFF:g}"
        ratio = found["eq"][-1] / found["bc"][-1]
        yield Row(f"C = {c:g}: largest {WHERE} of L_r over that of L_b", "grows", ratio, how=how)
    slopes = {
        label: float(np.polyfit(np.log(values), np.log(own), 1)[0]) for label, own in found.items()
    }
    yield Row(f"exponent of C in the largest {WHERE} of L_r", "4 (a bound)", slopes["eq"])
    yield Row(f"exponent of C in the largest {WHERE} of L_b", "0 (a bound)", slopes["bc"])
    with style():
        picture = figure(5.0, 3.4)
        panel = picture.subplots()
        for label, own in found.items():
            panel.loglog(values, own, marker="o", label=f"{label}, $C^{{{slopes[label]:.1f}}}$")
        first = found["eq"][0]
        bound = [first * (c / values[0]) ** 4 for c in values]
        panel.loglog(values, bound, color="black", linestyle=":", label="$C^4$")
        panel.set(xlabel="$C$", ylabel=f"largest {WHERE}")
        panel.grid(True)
        panel.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
        study.keep(picture, "growth")


REPRODUCTION = Reproduction(
    __file__,
    "The gradient of the equation grows like C^4",
    "Wang, Teng and Perdikaris, arXiv 2001.04536",
    measure,
)

if __name__ == "__main__":
    REPRODUCTION.main()
