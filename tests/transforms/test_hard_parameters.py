"""Which parameters make a problem hard, and their easy ends."""

from __future__ import annotations

import pytest

import pdedsl
from pdedsl.transforms.hard_parameters import hard_parameter, hard_parameters
from tests.conftest import ROOT

EVOLUTION = """problem "evolution"
param   p = {value}, q = 2
domain  Omega: x in [0, 1]
time    t in [0, 1]
unknown u(x, t)
eq: {equation}
ic: u = sin(pi*x)  at t = 0
bc: u = 0  on boundary
"""
STEADY = """problem "steady"
param   p = {value}
domain  Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq: {equation}
bc: u = 0  on boundary
"""


def _ends(text: str) -> dict[str, str]:
    return {each.name: each.easy for each in hard_parameters(pdedsl.parse(text))}


@pytest.mark.parametrize(
    ("spec", "ends"),
    [
        ("advection", {"beta": "small"}),
        ("reaction", {"rho": "small"}),
        ("wave", {"c": "small"}),
        ("burgers", {"nu": "large"}),
        ("allen_cahn", {"eps": "large"}),
        ("taylor_green", {"nu": "large"}),
        ("cavity", {"Re": "small"}),
        ("cavity_stream", {"Re": "small"}),
        ("kovasznay", {"Re": "small"}),
        ("helmholtz", {"k": "small"}),
        ("poisson_sin", {"C": "small"}),
        ("kdv", {"eta": "small", "mu": "large"}),
        ("reaction_diffusion", {"rho": "small", "nu": "large"}),
        ("elasticity", {}),
        ("interface", {}),
        ("poisson_2d", {}),
    ],
)
def test_the_gallery(spec: str, ends: dict[str, str]) -> None:
    found = hard_parameters(pdedsl.load(ROOT / "specs" / f"{spec}.pde"))
    assert {each.name: each.easy for each in found} == ends


@pytest.mark.parametrize("value", [1e-3, 0.7, -2, 50])
@pytest.mark.parametrize("factor", ["", "p*", "p^2*", "1/p*"])
def test_a_factor_of_the_whole_equation_changes_nothing(value: float, factor: str) -> None:
    """Viscosity, Reynolds number, speed and rate in equations that are multiplied by p."""
    for equation, easy in [
        ("u_t + u*u_x - p*u_xx", "large"),
        ("u_t + u*u_x - u_xx/p", "small"),
        ("u_t + p*u_x", "small"),
        ("u_t - p*u*(1 - u)", "small"),
        ("u_t - p*u_xx", "small"),
        ("u_tt - u_xx/p^2", "large"),
    ]:
        text = EVOLUTION.format(equation=f"{factor}({equation}) = 0", value=value)
        assert _ends(text) == {"p": easy}, equation
    for equation, easy in [("lap(u) + p^2*u", "small"), ("p*lap(u) + u_x", "large")]:
        text = STEADY.format(equation=f"{factor}({equation}) = sin(x)", value=value)
        assert _ends(text) == {"p": easy}, equation
    # The whole operator: a factor of the solution.
    assert _ends(STEADY.format(equation=f"{factor}(p*lap(u)) = sin(x)", value=value)) == {}


def test_terms_that_cancel_at_some_state_count():
    """u (p − q u) at u = 1 and p = q: the rate is p all the same."""
    assert _ends(EVOLUTION.format(equation="u_t = p*u - 2*u^2", value=2)) == {"p": "small"}


def test_equations_that_disagree_leave_a_parameter_out():
    text = """problem "two"
    param   p = 3
    domain  Omega: x in [0, 1]
    unknown u(x), w(x)
    eq first:  p*u_xx + u_x = 0
    eq second: w_xx + p*w_x = 0
    bc: u = 0, w = 1  on boundary
    """
    assert _ends(text) == {}


def test_known_terms_count_where_no_equation_has_the_parameter():
    helmholtz = pdedsl.load(ROOT / "specs" / "helmholtz.pde")
    found = hard_parameter(helmholtz, "a2")
    assert found is not None and found.easy == "small"
    assert hard_parameter(helmholtz, "nothing") is None


def test_zero_is_at_neither_end():
    assert _ends(EVOLUTION.format(equation="u_t + p*u_x = 0", value=0)) == {}
