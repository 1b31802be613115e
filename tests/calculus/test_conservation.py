"""The flux of an equation along an input, against fluxes by hand."""

from __future__ import annotations

import pytest
import sympy as sp

import pdedsl
from pdedsl.calculus.conservation import conservative_flux
from pdedsl.ir import derivative_order
from pdedsl.ir.text import expression_text

HEAD = """problem "p"
param nu = 0.1
domain O: (x, y) in [0, 1]^2
time t in [0, 1]
"""


def flux(equation: str, axis: str, unknowns: str = "u(x, y, t)") -> str | None:
    problem = pdedsl.parse(f"{HEAD}unknown {unknowns}\neq: {equation}\n")
    (symbol,) = (s for s in problem.inputs if s.name == axis)
    (residual,) = problem.laws[0].residuals
    found = conservative_flux(residual, problem.components, symbol)
    if found is None:
        return None
    rest = sp.expand(residual - sp.diff(found, symbol))
    assert all(derivative_order(d, symbol) == 0 for d in rest.atoms(sp.Derivative))
    return expression_text(found)


@pytest.mark.parametrize(
    ("equation", "axis", "expected"),
    [
        ("u_t + u*u_x = nu*u_xx", "x", "-nu*u_x + u^2/2"),
        ("u_t + u*u_x = nu*u_xx", "t", "u"),
        ("u_t + 6*u*u_x + u_xxx = 0", "x", "3*u^2 + u_xx"),
        ("-div((1 + x*y)*grad(u)) = 1", "y", "(-x*y - 1)*u_y"),
        ("u_t = div(u^2*grad(u))", "x", "-u^2*u_x"),
        ("u_t + cos(u)*u_x = 0", "x", "sin(u)"),
        ("lap(lap(u)) = 0", "x", "u_xxx + 2*u_xyy"),
        ("u_tt = lap(u)", "t", "u_t"),
        ("u*u_xx = 1", "x", None),
        ("u_x^2 = 1", "x", None),
        ("u_xx = u(x=0)", "x", "u_x"),
    ],
)
def test_fluxes_by_hand(equation: str, axis: str, expected: str | None) -> None:
    assert flux(equation, axis) == expected


def test_fluxes_of_a_system() -> None:
    both = "u(x, y, t), v(x, y, t)"
    assert flux("u*v_x + v*u_x = 0", "x", both) == "u*v"
    assert flux("v*u_x = 0", "x", both) is None
