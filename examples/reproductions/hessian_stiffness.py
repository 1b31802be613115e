"""The largest eigenvalue of the Hessian of the loss as the Helmholtz solution has finer waves.

The source draws it during training for growing (a1, a2), for the plain network: it grows with the
wave numbers, and gradient descent is stable up to the step 2 over it.
"""

from __future__ import annotations

from collections.abc import Iterator

from pdedsl.analysis.network import train_keeping_states
from pdedsl.analysis.network.system import measuring_system
from pdedsl.conditioning.networks.hessian import largest_of_hessian
from pdedsl.plots.spectra import over_iterations
from pdedsl.plots.style import figure, style
from pdedsl.solution.planning import plan

from .common import Reproduction, Row, Study, spec

STEPS, STATES = 1500, 5  # of 40,000 steps; states of a course at scale 1
WAVES = ((1, 1), (1, 2), (1, 4), (2, 4), (4, 4))


def measure(study: Study) -> Iterator[Row]:
    """λ_max at the end for each pair, and a picture of its course."""
    courses: dict[str, dict[int, float]] = {}
    for a1, a2 in WAVES[: study.count(len(WAVES), least=2)]:
        problem, steps = spec("helmholtz", a1=a1, a2=a2), study.count(STEPS)
        course = train_keeping_states(plan(problem, "m1", iterations=steps))
        system, _ = measuring_system(course.plan)
        own = {
            state.iteration: largest_of_hessian(system, state.theta)
            for state in course.states[-study.count(STATES) :]
        }
        courses[f"({a1}, {a2})"] = own
        case = f"Helmholtz ({a1}, {a2}): largest eigenvalue of the Hessian at the end"
        published = "grows with the wave numbers, in figures"
        yield Row(case, published, own[max(own)], how=f"m1, {max(own):,} steps")
    with style():
        picture = figure(6.0, 3.4)
        panel = picture.subplots()
        for label, own in courses.items():
            panel.plot(list(own), list(own.values()), marker=".", label=label)
        panel.set_yscale("log")
        panel.set(xlabel="iteration", ylabel="largest eigenvalue of the Hessian")
        over_iterations(panel, sorted(own))
        panel.grid(True, axis="y")
        panel.legend(title="$(a_1, a_2)$", loc="center left", bbox_to_anchor=(1.0, 0.5))
        study.keep(picture, "course")


REPRODUCTION = Reproduction(
    __file__,
    "Stiffness: the Hessian of the loss",
    "Wang, Teng and Perdikaris, arXiv 2001.04536",
    measure,
)

if __name__ == "__main__":
    REPRODUCTION.main()
