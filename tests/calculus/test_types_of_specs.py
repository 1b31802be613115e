"""The types of the equations of all specs."""

from __future__ import annotations

import pytest
import sympy as sp

import pdedsl
from pdedsl.calculus.laws import system_operators
from pdedsl.calculus.state import linearisation_state
from pdedsl.calculus.types.classify import classify
from pdedsl.ir import Box
from tests.conftest import ROOT

GALLERY = {
    "advection": "hyperbolic",
    "allen_cahn": "parabolic",
    "allen_cahn_anagram": "parabolic",
    "annulus": "elliptic",
    "biharmonic": "elliptic",
    "burgers": "parabolic",
    "cavity": "elliptic",
    "cavity_stream": "elliptic",
    "cylinder_wake_inverse": "parabolic",
    "elasticity": "elliptic",
    "four_holes": "elliptic",
    "gray_scott": "parabolic",
    "heat": "parabolic",
    "heat_inverse": "parabolic",
    "heat_quarter": "parabolic",
    "helmholtz": "elliptic",
    "heat_disk": "parabolic",
    "stl_body": "elliptic",
    "wave_triangle": "hyperbolic",
    "advection_annulus": "parabolic",
    "helmholtz_6_6": "elliptic",
    "helmholtz_disk": "elliptic",
    "inclusion": "elliptic",
    "interface": "elliptic",
    "kdv": "dispersive",
    "kirsch": "elliptic",
    "klein_gordon": "hyperbolic",
    "kovasznay": "elliptic",
    "kuramoto_sivashinsky": "parabolic",
    "laplace_5d": "elliptic",
    "lotka_volterra": "ordinary",
    "pendulum": "ordinary",
    "poisson_10d": "elliptic",
    "poisson_1d": "ordinary",
    "poisson_2d": "elliptic",
    "poisson_hole": "elliptic",
    "poisson_lshape": "elliptic",
    "poisson_sin": "ordinary",
    "reaction": "ordinary",
    "reaction_diffusion": "parabolic",
    "taylor_green": "parabolic",
    "wave": "hyperbolic",
}


def test_the_gallery_is_complete() -> None:
    assert sorted(GALLERY) == sorted(path.stem for path in (ROOT / "specs").glob("*.pde"))


def _bounds(problem: pdedsl.Problem) -> dict[sp.Symbol, tuple[float, float]]:
    bounds = dict.fromkeys(problem.inputs, (-1.0, 1.0))
    for domain in problem.domains:
        if isinstance(domain.region, Box):
            pairs = zip(domain.coordinates, domain.region.intervals, strict=True)
            bounds |= {s: (problem.number(a), problem.number(b)) for s, (a, b) in pairs}
    if problem.time:
        t = problem.time
        bounds[t.symbol] = (problem.number(t.lower), problem.number(t.upper))
    return bounds


@pytest.mark.parametrize("name", GALLERY)
def test_the_gallery(name: str) -> None:
    problem = pdedsl.load(ROOT / "specs" / f"{name}.pde")
    state = linearisation_state(problem)
    time = problem.time.symbol if problem.time else None
    systems = system_operators(problem, state)
    assert systems
    for system in systems:
        numbers = system.operator.map(lambda a: problem.substitute(a.xreplace(dict(state.numbers))))
        found = classify(numbers, time, _bounds(problem))
        assert found.kind == GALLERY[name], found.reason
