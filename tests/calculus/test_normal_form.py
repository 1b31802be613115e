"""Linear expressions taken apart, and put together again."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from pdedsl.calculus import NonlinearError, NonlocalError, normal_form
from pdedsl.ir import DomainIntegral

from .operators import A, B, X, random_operator, same

x, y = X[:2]
u, v = (sp.Function(name, real=True)(x, y) for name in ("u", "v"))
column = sp.Function("wake.vx", real=True)(x, y)


def d(f, *counts):
    return sp.Derivative(f, *counts)


@pytest.mark.parametrize("seed", range(8))
def test_round_trip(seed):
    rng = np.random.default_rng(seed)
    L = random_operator(rng, 2, 2, 2, 4)
    known = (sp.sin(x) * A, x * y**2 - column)
    laws = [image + g for image, g in zip(L.apply([u, v]), known, strict=True)]
    found, rest = normal_form(laws, [u, v], [x, y])
    assert same(found, L)
    assert [sp.expand(a - b) for a, b in zip(rest, known, strict=True)] == [0, 0]
    assert found.unknowns == ("u", "v")


def row(expression):
    operator, (rest,) = normal_form([expression], [u, v], [x, y])
    return [dict(entry) for entry in operator.rows[0]], rest


def test_derivatives_of_products_are_worked_out():
    k = 1 + x * y
    terms, rest = row(d(k * d(u, x), x) + d(d(x * v, x), y))
    assert terms == [{(2, 0): k, (1, 0): y}, {(0, 1): 1, (1, 1): x}]
    assert rest == 0
    flux = d(sp.sin(x) * column * u, x)
    terms, _ = row(flux)
    assert terms[0][0, 0] == sp.cos(x) * column + sp.sin(x) * column.diff(x)
    assert terms[0][1, 0] == sp.sin(x) * column


def test_writing_that_only_looks_nonlinear():
    assert row((u + 1) ** 2 - u**2)[0] == [{(0, 0): 2}, {}]
    assert row((u + 1) ** 2 - u**2)[1] == 1
    terms, rest = row((u**2 - v**2) / (u - v) + sp.sin(u) ** 2 + sp.cos(u) ** 2)
    assert terms == [{(0, 0): 1}, {(0, 0): 1}]
    assert sp.simplify(rest - 1) == 0
    assert row(sp.exp(u) * sp.exp(-u + x) * d(v, y))[0] == [{}, {(0, 1): sp.exp(x)}]


@pytest.mark.parametrize(
    ("law", "words"),
    [
        (u**2, "in u"),
        (u * d(u, x), "in u and u_x"),
        (u + sp.Rational(1, 10**12) * d(v, y) ** 2, "in v_y"),
        (sp.Abs(u), "in u"),
        (sp.Piecewise((u, u > 5), (0, True)), "in u"),
        (sp.Max(d(u, x), 0), "in u_x"),
        (sp.sign(v) * u, "in u and v"),
        (sp.sqrt(u), "in u"),
        (sp.exp(1000 * u), "in u"),
        (1 / u, "in u"),
        (A * u * v, "in u and v"),
    ],
)
def test_nonlinear_laws(law, words):
    with pytest.raises(NonlinearError, match=f"it is not linear {words}$"):
        row(law)


def test_kinks_in_known_functions_are_linear():
    jump = sp.Piecewise((A, x > y), (B, True))
    terms, rest = row(jump * d(u, x) + sp.Abs(x - y) * v + sp.Max(x, 0))
    assert terms == [{(1, 0): jump}, {(0, 0): sp.Abs(x - y)}]
    assert rest == sp.Max(x, 0)


def test_laws_that_look_elsewhere():
    integral = DomainIntegral.of(u * x, "Omega", (x, y))
    with pytest.raises(NonlocalError, match=r"it integrates .* over Omega"):
        row(integral + v)
    with pytest.raises(NonlocalError, match=r"u\(0, y\), a value at another point"):
        row(u.func(0, y) - v)
    with pytest.raises(NonlocalError, match="a value at another point"):
        row(sp.Subs(d(u, x), x, 1))
    known = DomainIntegral.of(column * x, "Omega", (x, y))
    assert row(u + known) == ([{(0, 0): 1}, {}], known)


def test_a_derivative_in_a_symbol_that_is_no_coordinate():
    with pytest.raises(ValueError, match="y, which is no coordinate"):
        normal_form([d(u, y)], [u], [x])


def test_a_long_law_is_not_multiplied_out():
    """The 41st power of a sum of four would have 13244 terms."""
    power = (1 + x + y + A) ** 41
    assert row(power * u - power)[0] == [{(0, 0): power}, {}]
    with pytest.raises(NonlinearError):
        row((u + v + x + y) ** 41)
