"""Transfinite interpolation: lifts and factors of given values, and their sizes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from pdedsl.compiler.exact_conditions.dirichlet import Condition
from pdedsl.compiler.exact_conditions.transfinite import factor, lift
from pdedsl.ir import TooLargeError, coordinate, evaluate

x, y, t = (coordinate(name) for name in "xyt")


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
