"""Fréchet derivatives, against differences and against the derivative along a line."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from pdedsl.calculus import frechet, normal_form
from pdedsl.ir import Substitution

from .operators import A, X, numeric, random_operator, same

x, y = X[:2]
u, v, p = (sp.Function(name, real=True)(x, y) for name in ("u", "v", "p"))
ux, uy, vx, vy = u.diff(x), u.diff(y), v.diff(x), v.diff(y)
FIELDS = [u, v, p]
STATE = {u: sp.sin(x) * sp.cos(y) + 2, v: sp.exp(x / 2) * y, p: x * y - 1}
SIDE = [sp.cos(x + 2 * y) + x * y**2, x**2 - y, sp.sin(3 * x * y)]
LAWS = {
    "burgers": [u * ux + uy - A * u.diff(x, 2)],
    "klein_gordon": [u.diff(x, 2) - u.diff(y, 2) + u**3],
    "pendulum": [u.diff(x, 2) + sp.sin(u)],
    "minimal_surface": [sp.Derivative(ux / sp.sqrt(1 + ux**2 + uy**2), x)],
    "monge_ampere": [u.diff(x, 2) * u.diff(y, 2) - u.diff(x, y) ** 2],
    "porous_medium": [vy - sp.Derivative(u**3, x, 2), sp.log(u) * v],
    "navier_stokes": [
        u * ux + v * uy + p.diff(x) - A * (u.diff(x, 2) + u.diff(y, 2)),
        u * vx + v * vy + p.diff(y) - A * (v.diff(x, 2) + v.diff(y, 2)),
        ux + vy,
    ],
}
POINTS = np.random.default_rng(3).uniform(-1, 1, (2, 40))


def values(expressions):
    functions = [numeric(e.doit(), (x, y)) for e in expressions]
    return np.array([np.broadcast_to(f(*POINTS), POINTS.shape[1]) for f in functions])


def moved(laws, step):
    """F at the state plus a step along `SIDE`."""
    pairs = zip(FIELDS, SIDE, strict=True)
    put = Substitution([(f, STATE[f] + step * w) for f, w in pairs])
    return [put(law.doit()) for law in laws]


@pytest.mark.parametrize("name", LAWS)
def test_the_remainder_is_of_second_order(name):
    """max |F(u + hv) − F(u) − h F'(u) v| falls like h²."""
    laws = LAWS[name]
    slope = values(frechet(laws, FIELDS, (x, y), STATE).apply(SIDE))
    start = values(moved(laws, 0))
    steps = [sp.Rational(1, 2**k) for k in (7, 8, 9, 10)]
    rest = [np.abs(values(moved(laws, h)) - start - float(h) * slope).max() for h in steps]
    rates = np.log2(np.array(rest[:-1]) / np.array(rest[1:]))
    np.testing.assert_allclose(rates, 2, atol=0.03)


@pytest.mark.parametrize("name", LAWS)
def test_the_derivative_along_a_line(name):
    laws, h = LAWS[name], sp.Symbol("h", real=True)
    expected = values([sp.diff(law.doit(), h).subs(h, 0) for law in moved(laws, h)])
    found = values(frechet(laws, FIELDS, (x, y), STATE).apply(SIDE))
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("name", LAWS)
def test_without_a_state_the_coefficients_hold_the_fields(name):
    general = frechet(LAWS[name], FIELDS, (x, y))
    put = Substitution(STATE.items())
    special = frechet(LAWS[name], FIELDS, (x, y), STATE)
    found, expected = (values(L.apply(SIDE)) for L in (general.map(put), special))
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)


def test_a_linear_law_is_its_own_derivative():
    rng = np.random.default_rng(1)
    L = random_operator(rng, 2, 2, 3, 3)
    laws = [image + sp.sin(x) for image in L.apply(FIELDS)]
    assert same(frechet(laws, FIELDS, (x, y), STATE), L)
    assert same(frechet(laws, FIELDS, (x, y)), normal_form(laws, FIELDS, (x, y))[0])


def test_kinks_are_differentiated_on_either_side():
    L = frechet([sp.Abs(u) + sp.sign(u) * v], FIELDS, (x, y))
    assert [dict(entry) for entry in L.rows[0]] == [
        {(0, 0): sp.sign(u)}, {(0, 0): sp.sign(u)}, {},
    ]  # fmt: skip
