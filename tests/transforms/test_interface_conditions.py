"""What joins the parts of a divided problem."""

from __future__ import annotations

import pytest
import sympy as sp

import pdedsl
from pdedsl.ir import OnInterface
from pdedsl.ir.text import expression_text
from pdedsl.transforms.decomposition import decompose

HEAD = 'problem "p"\nparam k = 2\ndomain O: x in [0, 1]\n'
STEADY = HEAD + "unknown u(x)\nbc: u = 0  on boundary\n"
EVOLUTION = HEAD + "time t in [0, 1]\nunknown u(x, t)\n"


def conditions(text: str, cuts: dict[str, tuple[float, ...]], **how: object) -> dict[str, str]:
    """Label to both sides, of all interfaces."""
    problem = decompose(pdedsl.parse(text), cuts, **how)
    return {
        law.label: " = ".join(map(expression_text, law.equations[0]))
        for law in problem.laws if isinstance(law.place, OnInterface)
    }  # fmt: skip


BURGERS = EVOLUTION + "eq: u_t + u*u_x = k*u_xx\nbc: u = 0  on boundary\nic: u = x  at t = 0\n"
WAVE = EVOLUTION + "eq: u_tt = k*u_xx\nbc: u = 0  on boundary\nic: u = x, u_t = 0  at t = 0\n"


@pytest.mark.parametrize(
    ("text", "axis", "expected"),
    [
        (BURGERS, "x", ["u1 = u2", "-k*u1_x + u1^2/2 = -k*u2_x + u2^2/2"]),
        (BURGERS, "t", ["u1 = u2"]),
        (WAVE, "t", ["u1 = u2", "u1_t = u2_t"]),
        (STEADY + "eq: -div((1 + x)*grad(u)) = 1\n", "x",
         ["u1 = u2", "(-x - 1)*u1_x = (-x - 1)*u2_x"]),
        (EVOLUTION + "eq: u_t + 6*u*u_x + u_xxx = 0\n", "x",
         ["u1 = u2", "u1_x = u2_x", "3*u1^2 + u1_xx = 3*u2^2 + u2_xx"]),
        (EVOLUTION + "eq: u_t + u*u_x = 0\n", "x", ["u1 = u2"]),
    ],
)  # fmt: skip
def test_the_flux_of_the_conservative_form(text: str, axis: str, expected: list[str]) -> None:
    assert list(conditions(text, {axis: (0.4,)}, coupling="flux").values()) == expected


def test_without_a_conservative_form_normal_derivatives_are_joined_and_it_is_said() -> None:
    text = STEADY + "eq odd: u_xx^2 + u = 1\n"
    assert list(conditions(text, {"x": (0.4,)}, coupling="flux").values()) == [
        "u1 = u2", "u1_x = u2_x",
    ]  # fmt: skip
    made = decompose(pdedsl.parse(text), {"x": (0.4,)}, coupling="flux")
    assert made.division.notes == (
        "odd: no conservative form along x found, so normal derivatives are joined",
    )


def test_where_a_coefficient_jumps_the_flux_is_that_of_highest_order() -> None:
    text = STEADY + "let a = if(x < 0.4, 1, k)\neq: -div(a*grad(u)) = 1\n"
    found = conditions(text, {"x": (0.4,)}, coupling="flux")
    assert list(found.values()) == ["u1 = u2", "-u1_x = -k*u2_x"]


@pytest.mark.parametrize(
    ("equation", "expected"),
    [
        ("-div(a*grad(u)) = 1", ["u1 = u2", "-(x + 1)*u1_x = -10*u2_x"]),
        # As distributions: a u_x is bounded, and a derivative of a u is not.
        ("-u_xx + a*u_x = 1", ["u1 = u2", "-u1_x = -u2_x"]),
        ("-d(u_x - a*u, x) = 1", ["u1 = u2", "(x + 1)*u1 - u1_x = 10*u2 - u2_x"]),
        ("a*u_x = 1", ["u1 = u2"]),
        ("-div(if(x < 0.3, 2, a)*grad(u)) = 1",
         ["u1 = u2", "-if(x < 0.3, 2, x + 1)*u1_x = -10*u2_x"]),
    ],
)  # fmt: skip
def test_where_a_coefficient_jumps_the_flux_is_the_written_one(
    equation: str, expected: list[str]
) -> None:
    text = f"{STEADY}let a = if(x < 0.4, 1 + x, 10)\neq: {equation}\n"
    assert list(conditions(text, {"x": (0.4,)}, coupling="flux").values()) == expected
    division = decompose(pdedsl.parse(text), {"x": (0.4,)}, coupling="flux").division
    assert division is not None and division.notes == ()


def test_fluxes_that_cannot_be_joined_are_refused_or_told() -> None:
    let = "let a = if(x < 0.4, 1, 10)\n"
    with pytest.raises(ValueError, match="jumps, so that fields are not equal"):
        conditions(f"{STEADY}{let}eq: d(a*u, x) = 1\n", {"x": (0.4,)}, coupling="flux")
    made = decompose(pdedsl.parse(f"{STEADY}{let}eq: a*u_xx = 1\n"), {"x": (0.4,)}, coupling="flux")
    assert made.division is not None
    (note,) = made.division.notes
    assert "outside of a derivative" in note and "flux of highest order" in note


@pytest.mark.parametrize(
    ("where", "factors"),
    [
        ("x < 0.5 and y < 0.5", [1, 10, 10, 10]),
        ("(x - 0.5)*(y - 0.5) > 0", [1, 10, 10, 1]),
        ("x + y < 0.25", None),
    ],
)
def test_a_case_of_two_inputs_has_its_limit_from_inside(
    where: str, factors: list[int] | None
) -> None:
    """At x = 1/2 itself the condition is what it is on one side only."""
    text = (
        f"domain O: (x, y) in [0, 1]^2\nunknown u(x, y)\nlet a = if({where}, 1, 10)\n"
        "eq: -div(a*grad(u)) = 1\nbc: u = 0  on boundary\n"
    )
    made = decompose(pdedsl.parse(text), {"x": (0.5,), "y": (0.5,)}, coupling="flux")
    u_xx = [sp.diff(f.components[0], made.inputs[0], 2) for f in made.fields]
    found = [
        -sp.expand(law.residuals[0]).coeff(d)
        for law, d in zip(made.laws[:4], u_xx, strict=True)
    ]  # fmt: skip
    if factors is None:  # changes in the first part
        assert isinstance(found[0], sp.Piecewise) and found[1:] == [10, 10, 10]
    else:
        assert found == factors


def test_equal_residuals() -> None:
    pair = {"Gamma1_u": "u1 = u2", "Gamma1_eq_residual": "-u1_xx - 1 = -u2_xx - 1"}
    flux = {"Gamma1_flux": "-u1_x = -u2_x"}
    text, cuts = STEADY + "eq: -u_xx = 1\n", {"x": (0.4,)}
    assert conditions(text, cuts, coupling="residual") == pair | flux
    assert conditions(text, cuts, coupling="residual", flux_row=False) == pair
    for row, words in ((True, "rows of the flux have been added"), (False, "matrix is singular")):
        made = decompose(pdedsl.parse(text), cuts, coupling="residual", flux_row=row)
        (note,) = made.division.notes
        assert words in note
    assert decompose(
        pdedsl.parse(EVOLUTION + "eq: u_t + u_x = 0\n"), cuts, coupling="residual"
    ).division.notes == ()  # fmt: skip
