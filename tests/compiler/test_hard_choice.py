"""Which conditions are taken into a network, and what is said of the others."""

from __future__ import annotations

import pytest
import sympy as sp
import torch

import pdedsl
from pdedsl.compiler import ResidualSystem, build
from pdedsl.compiler.exact_conditions import hard_conditions
from pdedsl.compiler.exact_conditions.dirichlet import Condition
from pdedsl.compiler.exact_conditions.face_data import disagreement
from pdedsl.diagnostics import UserError
from pdedsl.ir import coordinate

F = torch.float64
MODEL = {"width": 5, "depth": 1, "hard": True}
POINTS = {"eq": 10, "bc": 12, "ic": 12}
x, y, t = (coordinate(name) for name in "xyt")


def compiled(text: str) -> ResidualSystem:
    return build(pdedsl.parse(text), MODEL, POINTS)


def worst(system: ResidualSystem) -> float:
    """Largest rms residual of an exact law for parameters of order one."""
    theta = torch.randn(system.parameters, dtype=F, generator=torch.Generator().manual_seed(0))
    return max(system.exact_losses(theta).values(), default=0.0)


def rod(conditions: str, equation: str = "u_t = u_xx", more: str = "") -> ResidualSystem:
    """An evolution on 0 < x < 2, 1 < t < 3."""
    return compiled(
        f'problem "rod"\n{more}domain Omega: x in [0, 2]\ntime t in [1, 3]\nunknown u(x, t)\n'
        f"eq: {equation}\n{conditions}\n"
    )


def square(conditions: str, unknown: str = "u(x, y)", equation: str = "lap(u) = 1"):
    """A problem on [0, 1] x [-1, 3]."""
    return compiled(
        f'problem "square"\ndomain Omega: (x, y) in [0, 1] * [-1, 3]\nunknown {unknown}\n'
        f"eq: {equation}\n{conditions}\n"
    )


# What is taken.

TAKEN = [
    "bc left: u = 3 on x = 0",
    "bc right: u = sin(t) on x = 2",
    "bc left: 2*u - t = 1 on x = 0\nbc right: u = t^2 on x = 2",
    "bc: u = 0 on boundary\nic: u = x*(2 - x)^2 at t = 1",
    "ic: u = exp(x) at t = 1\nbc last: u = cos(x) at t = 3",
    "bc left: u = (t - 1)^3 on x = 0\nic: u = x, u_t = x^2 at t = 1",
    "ic: u = x, u_t = -1 at t = 1\nbc last: u = cos(x) at t = 3",
    "ic value: u = x at t = 1\nic velocity: 3*u_t = cos(x) at t = 1\nbc: u = x + cos(x)*(t - 1)/3"
    " on boundary",
    "bc one: u = t on x = 0\nbc two: u = 1 + (t - 1) on x = 0",
]  # fmt: skip


@pytest.mark.parametrize("conditions", TAKEN)
def test_conditions_that_can_be_met(conditions: str) -> None:
    system = rod(conditions, "u_tt = u_xx")
    assert [b.label for b in system.blocks] == ["eq"]
    assert system.soft_laws == {}
    assert worst(system) < 1e-13


def test_normals_are_numbers_on_a_face() -> None:
    system = square("bc: dot(v, n) = x*n[1] on boundary", "v(x, y) in R^2", "lap(v) = (0, 1)")
    assert system.exact_laws == ("bc",)
    assert worst(system) < 1e-14


def test_parameters_with_a_range_are_inputs() -> None:
    system = compiled(
        'problem "family"\nparam a in [1, 2]\ndomain Omega: x in [0, 1]\nunknown u(x)\n'
        "eq: u_xx = a\nbc: u = a*x on boundary\n"
    )
    assert system.exact_laws == ("bc",)
    assert worst(system) < 1e-14


def test_ends_that_are_no_binary_fractions() -> None:
    system = compiled(
        'problem "p"\nparam L = 1/3\ndomain Omega: x in [-0.1, L*pi]\nunknown u(x)\n'
        "eq: u_xx = 1\nbc: u = 0 on boundary\n"
    )
    points = system.problem.number(sp.pi / 3)
    at = torch.tensor([[-0.1], [points]], dtype=F)
    theta = torch.randn(system.parameters, dtype=F)
    assert torch.equal(system.fields(theta, at)["u"], torch.zeros(2, dtype=F))


def test_components_are_taken_one_by_one() -> None:
    system = square(
        "bc a: v = (0, x) on y = -1\nbc b: v = (1, x) on x = 0, x = 1\nbc c: v[2] = x on y = 3",
        "v(x, y) in R^2", "lap(v) = (0, 1)",
    )  # fmt: skip
    # The first components of a and b meet at two corners; a has fewer sides.
    assert system.exact_laws == ("b", "c")
    assert system.soft_laws == {
        "a": "equation 1: it contradicts b where x = 0 meets y = -1, the values differ by 1"
    }
    theta = torch.randn(system.parameters, dtype=F)
    at = torch.tensor([[0.3, -1.0], [1.0, -1.0]], dtype=F)
    assert torch.allclose(system.fields(theta, at)["v[2]"], at[:, 0], rtol=0, atol=1e-14)


# What is not, and the reason.

LEFT = [
    ("bc left: u_x = 0 on x = 0", "it contains derivatives of the unknowns"),
    ("bc left: u_x + u = 0 on x = 0", "it contains derivatives of the unknowns"),
    ("ic: u_t = 0 at t = 1", "u itself cannot be met exactly at t = 1"),
    ("bc left: u^2 = 4 on x = 0", "it is not linear in the unknown"),
    ("bc left: (1 + t)*u = 4 on x = 0", "the unknown has a coefficient that is not a number"),
    ("bc inner: u = 1 at t = 2", "t = 2 is not an end of the interval of t"),
    ("bc point: u = 1 at (x, t) = (0, 1)", "it holds at a point or on an edge"),
    ("bc left: u = 1 on boundary where x < 1", "a part of the boundary"),
    ("bc left: u = abs(t - 2) on x = 0", "its data are not smooth"),
    ("bc left: u = sqrt(t - 1) on x = 0", "its data are not smooth"),
    ("bc left: u = log(t - 1) on x = 0", "its data are not"),
    ("bc left: u = 1/(t - 2) on x = 0", "its data are not smooth"),
    ("bc left: u = (t - 1)^(1/3) on x = 0", "its data are not smooth"),
    ("bc left: u = u(x=2) on x = 0", "it couples several unknowns"),
    ("bc last: u_t = 0 at t = 3", "it contains derivatives of the unknowns"),
    ("bc left: u = integral(u, Omega) on x = 0", "it contains an integral"),
]


@pytest.mark.parametrize(("condition", "reason"), LEFT)
def test_conditions_that_stay_laws(condition: str, reason: str) -> None:
    system = rod(condition, "u_tt = u_xx")
    (label,) = system.soft_laws
    assert reason in system.soft_laws[label]
    assert system.exact_laws == ()
    assert [b.label for b in system.blocks] == ["eq", label]


SMOOTH = [
    "atan2(y, x) on x = 1",
    "atan2((y - 1)^2, x - 1) on x = 0",  # π − (y − 1)²: the cut is touched, not crossed
    "atan2(y + 2, x - 3) on x = 0",
    "tan(pi*y/8) on x = 0",
    "tan(pi*x/2 - 1) on y = 3",
    "asin(sin(y/3)) on x = 0",
    "tanh(40*(y - 1)) on x = 0",
    "1e6 + sin(40*y) on x = 0",
    "exp(-80*(y - 1)^2) on x = 0",
    "exp(20*y) on x = 0",
]
ROUGH = [
    ("atan2(y, x - 2) on x = 0", "its data are not smooth"),
    ("atan2(y - 1, x - 1) on x = 0", "its data are not smooth"),
    ("atan2(y, x) on x = 0", "its data are not"),  # at the origin
    ("tan(pi*y) on x = 0", "its data are not smooth"),
    ("tan(3.14159*(x + y - 1)/2) on x = 0", "its data are not smooth"),
    ("1e-8*tan(pi*y/2 + 1) on x = 0", "its data are not smooth"),
    ("erf((y - 1)/1e-5) on x = 0", "within less than 1/200 of the interval of y"),
    ("tanh(1e5*(y - 1)) on x = 0", "within less than 1/200 of the interval of y"),
    ("y + 1e-6*tanh(1e5*(y - 1)) on x = 0", "its data are not smooth in y"),
    ("asin(sin(2*y)) on x = 0", "its data are not smooth in y"),
    ("y + 1e-3*acos(cos(2*y)) on x = 0", "its data are not smooth in y"),
    ("acos(y/3) on x = 0", "its data are not smooth in y"),
]


@pytest.mark.parametrize("value", SMOOTH)
def test_smooth_data(value: str) -> None:
    system = square(f"bc: u = {value}")
    assert system.soft_laws.get("bc", "") == ""
    assert worst(system) < 1e-10


@pytest.mark.parametrize(("value", "reason"), ROUGH)
def test_data_that_jump_or_bend(value: str, reason: str) -> None:
    assert reason in square(f"bc: u = {value}").soft_laws["bc"]


def test_steep_data_on_a_face_of_many_axes() -> None:
    text = (
        'problem "p"\ndomain Omega: x in [0, 1]^{n}\nunknown u(x)\neq: lap(u) = 1\n'
        "bc: u = sum(x[i]^2 for i in 2..{n}) + {more} on x[1] = 0\n"
    )
    for n in (4, 30):
        assert compiled(text.format(n=n, more=0)).exact_laws == ("bc",)
        steep = compiled(text.format(n=n, more="2*tanh(1e4*(x[3] - 1/3))")).soft_laws["bc"]
        assert steep.endswith("within less than 1/200 of the interval of x[3]")
    ridge = "asin(sin(3*x[2] + x[3]))"
    assert "are not smooth in x[2]" in compiled(text.format(n=4, more=ridge)).soft_laws["bc"]


def test_unknown_numbers_stay_laws() -> None:
    system = rod("bc left: u = c on x = 0", "u_t = u_xx", "unknown c guess 1\n")
    assert system.soft_laws == {"left": "it contains the unknown c"}


@pytest.mark.parametrize(
    ("conditions", "exact", "soft"),
    [
        ("ic: u = x at t = 1\nbc: u = 0 on boundary", "bc", "ic"),
        ("bc a: u = 1 on x = 0\nbc b: u = 2 on x = 0", "a", "b"),
        ("bc a: u = t on x = 0\nic: u = 1, u_t = 2 at t = 1", "a", "ic"),
        ("bc a: u = t on x = 0\nic: u = 2, u_t = 1 at t = 1", "a", "ic"),
        ("bc a: u = 1 on x = 0, x = 2\nic: u = 1 + 1e-6*x at t = 1", "a", "ic"),
    ],
)
def test_contradictions(conditions: str, exact: str, soft: str) -> None:
    system = rod(conditions, "u_tt = u_xx")
    assert system.exact_laws == (exact,)
    assert list(system.soft_laws) == [soft]
    assert f"it contradicts {exact} where" in system.soft_laws[soft]
    assert worst(system) < 1e-14


def test_a_law_that_contradicts_itself() -> None:
    system = square("bc: u = n[1] on boundary")
    assert system.exact_laws == ()
    assert "it contradicts itself where x = 0 meets y = -1" in system.soft_laws["bc"]


def test_a_velocity_needs_the_value() -> None:
    system = rod("bc a: u = t on x = 0\nic: u = 2, u_t = 1 at t = 1", "u_tt = u_xx")
    assert system.soft_laws["ic"].endswith("equation 2: u itself cannot be met exactly at t = 1")


def test_the_condition_that_contradicts_most_goes_first() -> None:
    system = square(
        "bc top: u = 1 on y = 3\nbc bottom: u = 0 on y = -1\nbc sides: u = 0 on x = 0, x = 1\n"
    )
    assert system.exact_laws == ("bottom", "sides")
    assert "sides where" in system.soft_laws["top"]
    assert "the values differ by 1" in system.soft_laws["top"]


def test_a_circle_must_close_smoothly() -> None:
    head = (
        'problem "ring"\ndomain Omega: x in [0, 2]\ntime t in [0, 1]\nunknown u(x, t)\n'
        "eq: u_t = u_xx\nbc: u periodic in x\nic: u = "
    )
    assert compiled(head + "cos(pi*x)^3 at t = 0\n").exact_laws == ("ic",)
    assert compiled(head + "exp(-80*(x - 1)^2) at t = 0\n").exact_laws == ("ic",)
    assert "are not periodic in x" in compiled(head + "x at t = 0\n").soft_laws["ic"]
    kink = compiled(head + "x*(2 - x) at t = 0\n").soft_laws["ic"]
    assert kink == "derivatives of order 1 of its data are not periodic in x"


UNIT = {x: (0.0, 1.0), y: (0.0, 1.0)}


@pytest.mark.parametrize(("gap", "agrees"), [(0.0, True), (1e-11, True), (1e-7, False)])
def test_small_differences_at_a_corner(gap: float, agrees: bool) -> None:
    problem = pdedsl.parse(
        'problem "p"\ndomain Omega: (x, y) in [0, 1]^2\nunknown u(x, y)\neq: lap(u) = 0\n'
    )
    one = Condition("u", UNIT, x, -1, sp.S.Zero, 0, sp.cos(y))
    other = Condition("u", UNIT, y, 1, sp.S.One, 0, sp.cos(1 + sp.Float(gap)) + x)
    assert (disagreement(problem, one, other) is None) == agrees
    assert (disagreement(problem, other, one) is None) == agrees


def test_a_law_whose_interpolation_is_too_large_stays_a_law() -> None:
    system = compiled(
        'problem "p"\ndomain Omega: x in [0, 1]^8\nunknown u(x)\n'
        "let us = exp(sum(i*x[i] for i in 1..8))\neq: lap(u) = 204*us\nbc: u = us on boundary\n"
    )
    assert system.exact_laws == ()
    assert system.soft_laws == {"bc": "the interpolation of all values of u is too large"}


def test_a_law_whose_interpolation_has_too_large_derivatives_stays_a_law(monkeypatch) -> None:
    monkeypatch.setattr(hard_conditions, "LARGEST", 1_000)
    text = (
        'problem "p"\ndomain Omega: x in [0, 1]^3\nunknown u(x)\n'
        "let us = sin(x[1]*x[2]*x[3])*exp(x[1]*x[2])\neq: {} = 1\nbc: u = us on boundary\n"
    )
    assert compiled(text.format("lap(u)")).exact_laws == ("bc",)
    system = compiled(text.format("lap(lap(u))"))
    assert system.exact_laws == ()
    assert system.soft_laws == {
        "bc": "derivatives of the interpolation of all values of u are too large"
    }


def test_values_across_very_many_axes_stay_a_law() -> None:
    system = compiled(
        'problem "p"\ndomain Omega: x in [0, 1]^17\nunknown u(x)\neq: lap(u) = 1\n'
        "bc: u = 0 on boundary\n"
    )
    assert system.soft_laws == {"bc": "it fixes values across more than 16 axes"}


def test_rows_of_zeros_where_every_law_is_exact() -> None:
    system = compiled(
        'problem "p"\ndomain Omega: x in [0, 1]\nunknown u(x)\nbc: u = x on boundary\n'
    )
    assert [b.label for b in system.blocks] == ["bc"]
    assert system.exact_laws == ()
    assert float(system.loss(system.theta0)) < 1e-30


ROBIN = """problem "ends that exchange heat"
domain O: x in [0, 1]
unknown u(x)
eq: -u_xx = sin(x)
bc: dn(u) + u = 0  on x = 1
bc: {left}  on x = 0
"""


def test_hard_conditions_are_refused_where_none_can_be_built_in():
    with pytest.raises(UserError) as error:
        pdedsl.compile(pdedsl.parse(ROBIN.format(left="dn(u) = 1")), {"hard": True})
    (found,) = error.value.diagnostics
    assert found.code == "E803"
    assert "derivatives of the unknowns" in found.message
    assert "hard = false" in found.mend


def test_one_that_can_be_built_in_is_enough():
    system = pdedsl.compile(pdedsl.parse(ROBIN.format(left="u = 0")), {"hard": True})
    assert system.exact_laws == ("bc.2",)
    assert set(system.soft_laws) == {"bc.1"}
