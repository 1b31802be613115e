"""Integrals in laws."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import sympy as sp
import torch
from torch.func import jacrev

from pdedsl.compiler import build
from pdedsl.ir import (
    DomainIntegral,
    Global,
    Interior,
    Problem,  # fmt: skip,
)

from .problems import (
    box,
    field,
    interval,
    law,
    problem,
    t,  # fmt: skip,
)
from .test_system import SMALL, differentiable


def integral_problem(*residuals: sp.Expr, d: int = 2, place: object | None = None) -> Problem:
    symbols = tuple(sp.Symbol(f"x[{i + 1}]", real=True) for i in range(d))
    region = box(*[(0, 2)] * d)
    u = field("u", *symbols, t)
    return problem(
        coordinates=symbols, region=region, time=interval(t, 1, 3), fields=(u,),
        laws=(law("eq", "eq", place or Global(), *residuals),),
    )  # fmt: skip


@pytest.mark.parametrize(("d", "tolerance"), [(1, 1e-13), (2, 1e-13), (3, 1e-13), (5, 2e-3)])
def test_integrals_of_known_functions(d: int, tolerance: float) -> None:
    symbols = [sp.Symbol(f"x[{i + 1}]", real=True) for i in range(d)]
    integrand = sp.prod([sp.exp(s / 2) for s in symbols]) * t
    whole = DomainIntegral.of(integrand, "Omega", symbols)
    s = build(integral_problem(whole, d=d), SMALL, points={"eq": 5})
    times = s.blocks[0].points[:, -1]
    want = (2 * (math.e - 1)) ** d * times / math.sqrt(5)
    torch.testing.assert_close(s.residual(s.theta0), want, rtol=tolerance, atol=0)


def test_an_integral_of_a_derivative_is_the_difference_of_values() -> None:
    (a,) = (sp.Symbol("x[1]", real=True),)
    u = sp.Function("u")(a, t)
    inside = DomainIntegral.of(u.diff(a), "Omega", (a,))
    p = integral_problem(inside - u.subs(a, 2) + u.subs(a, 0), d=1)
    s = build(p, SMALL)
    assert s.residual(s.theta0).abs().max() < 1e-13
    assert s.jacobian(s.theta0).abs().max() < 1e-12
    assert len(s.blocks[0].points) == 32


def test_a_law_between_integrals_takes_few_points_unless_it_is_named() -> None:
    u = sp.Function("u")(sp.Symbol("x[1]", real=True), t)
    whole = DomainIntegral.of(u, "Omega", u.args[:1])
    p = integral_problem(whole - t, d=1)
    named = replace(p, laws=(replace(p.laws[0], label="gauge"),))
    assert len(build(named, SMALL, points={"eq": 500}).blocks[0].points) == 32
    assert len(build(named, SMALL, points={"eq": 7}).blocks[0].points) == 7
    assert len(build(named, SMALL, points={"gauge": 50}).blocks[0].points) == 50


def test_an_integral_beside_local_terms() -> None:
    (a,) = (sp.Symbol("x[1]", real=True),)
    u = sp.Function("u")(a, t)
    whole = DomainIntegral.of(u**2 * a, "Omega", (a,))
    s = build(integral_problem(u.diff(t) - whole * u, d=1, place=Interior("Omega")), SMALL,
              points={"eq": 6})  # fmt: skip
    torch.testing.assert_close(s.jacobian(s.theta0), jacrev(differentiable(s))(s.theta0))
