"""Which conditions are taken into a network, and what is said of the others."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import sympy as sp
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

import pdedsl
from pdedsl.compiler import ResidualSystem, build
from pdedsl.compiler.exact_conditions import hard_conditions
from pdedsl.compiler.exact_conditions.dirichlet import Condition
from pdedsl.compiler.exact_conditions.face_data import disagreement
from pdedsl.compiler.exact_conditions.fixed_jets import Derivatives, FixedJets
from pdedsl.compiler.exact_conditions.transfinite import factor, lift
from pdedsl.ir import TooLargeError, coordinate, evaluate
from pdedsl.models import jet_table
from pdedsl.models.jets.multiindices import factorial_of
from tests.models.test_hard import nested_jet, tables

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


# The interpolation.

_coefficients = st.integers(-3, 3)


@st.composite
def _cases(draw: st.DrawFn):
    """A polynomial, and sides of a box on which its values (and velocity) are given."""
    dimension = draw(st.integers(1, 3))
    axes = (t, x, y)[:dimension]
    bounds = {}
    for axis in axes:
        low = draw(st.integers(-8, 8)) / 4
        bounds[axis] = (low, low + draw(st.integers(1, 12)) / 4)
    powers = itertools.product(range(3), repeat=dimension)
    u = sp.Add(*(
        draw(_coefficients) * sp.Mul(*(a**k for a, k in zip(axes, p, strict=True))) for p in powers
    ))  # fmt: skip
    sides = [(a, s) for a in axes for s in (-1, 1)]
    chosen = draw(st.lists(st.sampled_from(sides), min_size=1, unique=True))
    orders = [(a, s, 0) for a, s in chosen]
    if (t, -1) in chosen and draw(st.booleans()):
        orders.append((t, -1, 1))
    conditions = []
    for axis, side, order in orders:
        end = sp.Rational(bounds[axis][side > 0])
        data = sp.expand(sp.diff(u, axis, order)).xreplace({axis: end})
        conditions.append(Condition("u", bounds, axis, side, end, order, data))
    return axes, bounds, conditions


@settings(max_examples=40, deadline=None)
@given(_cases())
def test_lift_and_factor_of_a_polynomial(case) -> None:
    axes, bounds, conditions = case
    made, vanishing = lift(conditions, bounds), factor(conditions, bounds)
    generator = np.random.default_rng(0)
    for c in conditions:
        at = {a: generator.uniform(*bounds[a], 20) for a in axes} | {c.axis: np.float64(c.end)}
        got, zero = (evaluate(sp.diff(e, c.axis, c.order), at) for e in (made, vanishing))
        want = evaluate(c.data, at)
        assert np.abs(got - want).max() < 1e-10
        assert np.abs(zero).max() == 0
    values = evaluate(vanishing, dict(zip(axes, np.meshgrid(
        *(np.linspace(*bounds[a], 25) for a in axes)
    ), strict=True)))  # fmt: skip
    assert values.min() >= 0
    assert 0.98 < values.max() <= 1 + 1e-12


def test_a_bilinear_function_is_its_own_lift() -> None:
    names = [coordinate(f"x[{i}]") for i in range(1, 7)]
    u = sum(a * b for a, b in zip(names[::2], names[1::2], strict=True))
    bounds = dict.fromkeys(names, (0.0, 1.0))
    conditions = [
        Condition("u", bounds, a, s, sp.Integer(e), 0, u.xreplace({a: sp.Integer(e)}))
        for a in names for s, e in ((-1, 0), (1, 1))
    ]  # fmt: skip
    assert sp.expand(lift(conditions, bounds) - u) == 0


def test_a_lift_with_too_many_terms() -> None:
    names = [coordinate(f"x[{i}]") for i in range(1, 9)]
    u = sp.exp(sum((i + 1) * a for i, a in enumerate(names)))
    bounds = dict.fromkeys(names, (0.0, 1.0))
    conditions = [
        Condition("u", bounds, a, s, sp.Integer(e), 0, u.xreplace({a: sp.Integer(e)}))
        for a in names for s, e in ((-1, 0), (1, 1))
    ]  # fmt: skip
    with pytest.raises(TooLargeError):
        lift(conditions, bounds)


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


def test_derivatives_with_a_bound() -> None:
    steep = Derivatives(sp.exp(sp.sin(x) * sp.cos(y)), (x, y))
    with pytest.raises(TooLargeError):
        steep.prepare([(5, 5)], 2_000)
    steep.prepare([(1, 1)], 2_000)
    # What is asked for later is taken whatever its size.
    at = {x: np.float64(0.3), y: np.float64(-0.7)}
    want = evaluate(sp.diff(sp.exp(sp.sin(x) * sp.cos(y)), x, 3, y, 3), at)
    assert evaluate(steep((3, 3)), at) == pytest.approx(want, rel=1e-12)


@pytest.mark.parametrize(
    ("places", "mean"),
    [
        ([(-1, 0)], 1 / 2),
        ([(1, 0)], 1 / 2),
        ([(-1, 0), (1, 0)], 2 / 3),
        ([(-1, 0), (-1, 1)], 1 / 3),
        ([(-1, 0), (-1, 1), (1, 0)], 9 / 16),
    ],
)
def test_the_mean_of_the_factor(places: list[tuple[int, int]], mean: float) -> None:
    # The numbers behind the limit on the axes.
    bounds = {t: (1.0, 4.0), x: (-0.5, 0.0)}
    own = [
        Condition("u", bounds, a, side, sp.nsimplify(bounds[a][side > 0]), order, sp.S.Zero)
        for a in bounds for side, order in places
    ]  # fmt: skip
    total = factor(own, bounds)
    for axis, (low, high) in bounds.items():
        total = sp.integrate(sp.expand(total), (axis, low, high)) / (high - low)
    assert float(total) == pytest.approx(mean**2, rel=1e-12)


# Jets of expressions.


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_jets_of_expressions_against_nested_differentiation(dimension: int) -> None:
    names = tuple(coordinate(f"x[{i}]") for i in range(1, dimension + 1))
    first, last = names[0], names[-1]
    expressions = [sp.sin(2 * first) * sp.exp(last / 2), first**3 * (1 - last) / 3, sp.Integer(1)]

    def one(p: Tensor) -> Tensor:
        return torch.sin(2 * p[:, 0]) * torch.exp(p[:, -1] / 2)

    def two(p: Tensor) -> Tensor:
        return p[:, 0] ** 3 * (1 - p[:, -1]) / 3

    points = torch.rand(4, dimension, dtype=F, generator=torch.Generator().manual_seed(1))
    jets = FixedJets(names, [Derivatives(e, names) for e in expressions])
    for table in tables(dimension):
        want = nested_jet([one, two, lambda p: 1 + 0 * p[:, 0]], points, table)
        got = jets.jet(points, table)
        assert got.shape == want.shape
        assert torch.allclose(got, want, rtol=1e-12, atol=1e-12 * want.abs().max().item())


def test_jets_are_kept_for_the_same_points() -> None:
    jets = FixedJets((x, y), [Derivatives(x * y, (x, y))])
    table = jet_table(2, frozenset({(1, 1)}))
    points = torch.rand(5, 2, dtype=F)
    first = jets.jet(points, table)
    assert jets.jet(points.clone(), table) is first
    assert torch.equal(first[table.channel((1, 1))] * factorial_of((1, 1)), torch.ones(5, 1))
    assert not torch.equal(jets.jet(points + 1, table), first)


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
