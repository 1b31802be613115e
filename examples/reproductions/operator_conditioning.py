"""κ of Poisson, Helmholtz and advection with and without preconditioner, and networks on both.

The experiments that the paper begins with; ``examples/operator_preconditioning.md`` has its other
claims, with pictures.
"""

from __future__ import annotations

from collections.abc import Iterator

import pdedsl
from pdedsl.analysis.report import Conditioning, Verification
from pdedsl.ir import Problem

from .common import Reproduction, Row, Study, error, how, spec

GAMMA = 100.0
SPEEDS = (10.0, 30.0, 70.0)
LAYERS = {"model.width": 30, "model.depth": 2, "model.activation": "tanh"}
FEATURES = {"model.kind": "fourier", "model.modes": 4}
POINTS = {"eq": 1000, "bc": 100, "ic": 100}
NETWORKS = {
    "tanh network": {"model.kind": "mlp"},
    "the same on Fourier features": FEATURES,
    "the same on preconditioned features": FEATURES | {"model.preconditioner": "symbol"},
}
STEPS = 3000
NONLINEAR = "klein_gordon"


def measure(study: Study) -> Iterator[Row]:
    """Linear models, whose figures do not depend on the scale, then networks."""
    for modes in (5, 10, 20):
        yield from _poisson(modes)
    yield from _descents("Poisson, K = 5", spec("poisson_1d"), 5)
    yield from _descents("Helmholtz, K = 2", spec("helmholtz"), 2)
    for beta in SPEEDS:
        found = _conditioning(spec("advection", beta=beta), "mixed", 3)
        yield Row(f"advection, β = {beta:g}: best κ(A)", "grows like β²", found.kappa)
        yield Row(f"advection, β = {beta:g}: best κ(PᵀAP)", None, found.best.kappa)
    yield from _networks(study)


def _poisson(modes: int) -> Iterator[Row]:
    """In 2K + 1 plane waves; P = 1/|symbol|, and γ on the constants."""
    found = _conditioning(spec("poisson_1d"), "fourier", modes)
    (better,) = (p for p in found.preconditioned if p.gamma == GAMMA)
    yield Row(f"Poisson, K = {modes}: best κ(A)", f"at least K⁴ = {modes**4:,}", found.kappa)
    yield Row(f"Poisson, K = {modes}: κ(PᵀAP), γ = {GAMMA:g}", "1 + O(1/γ)", better.kappa_natural)


def _descents(title: str, problem: Problem, modes: int) -> Iterator[Row]:
    """Steps of gradient descent that bring the error of a linear model to its thousandth."""
    check = _verified(problem, modes)
    for name, run in (("A", check.plain), ("PᵀAP", check.preconditioned)):
        goal = f"{title}: steps to 1/1000 of the error, {name}"
        yield Row(goal, f"at most κ ln(1000) = {run.bound:,.0f}", f"{run.error.measured:,}")


def _networks(study: Study) -> Iterator[Row]:
    """A nonlinear equation, which the paper leaves to networks on preconditioned features."""
    problem = spec(NONLINEAR)
    by_auto = study.auto(problem, 10)
    for title, model in NETWORKS.items():
        points = {f"sampling.points.{law}": count for law, count in POINTS.items()}
        solution = study.solve(problem, "adam", STEPS, LAYERS | model | points)
        yield Row(
            f"Klein–Gordon, {title}", "in figures only", error(solution), by_auto, how(solution)
        )


def _conditioning(problem: Problem, basis: str, modes: int) -> Conditioning:
    report = pdedsl.analyze(problem, basis, modes)
    assert report.conditioning is not None, report.obstacle
    return report.conditioning


def _verified(problem: Problem, modes: int) -> Verification:
    report = pdedsl.analyze(problem, "fourier", modes, verify=True)
    assert report.verification is not None
    return report.verification


REPRODUCTION = Reproduction(
    __file__,
    "Operator preconditioning",
    "De Ryck, Bonnet, Mishra and de Bézenac, arXiv 2310.05801",
    measure,
)

if __name__ == "__main__":
    REPRODUCTION.main()
