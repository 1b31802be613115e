"""Special functions: values and derivatives against mpmath, by numpy and by torch."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import sympy as sp
import torch

from pdedsl.compiler.lowering.torch_code import generate
from pdedsl.ir import SPECIAL_FUNCTIONS, evaluate

X = sp.Symbol("x", real=True)
F = torch.float64

CASES = {
    "gamma": ((), mpmath.gamma, (0.3, 1.0, 4.2, -1.5)),
    "loggamma": ((), mpmath.loggamma, (0.3, 1.7, 40.0)),
    "polygamma": ((1,), lambda x: mpmath.polygamma(1, x), (0.3, 1.0, 4.2)),
    "besselj": ((0,), lambda x: mpmath.besselj(0, x), (-3.0, 0.0, 1.0, 20.0)),
    "bessely": ((2,), lambda x: mpmath.bessely(2, x), (0.3, 1.0, 20.0)),
    "besseli": ((1,), lambda x: mpmath.besseli(1, x), (-3.0, 0.3, 5.0)),
    "besselk": ((0.25,), lambda x: mpmath.besselk(mpmath.mpf("0.25"), x), (0.3, 1.0, 5.0)),
    "erfc": ((), mpmath.erfc, (-2.0, 0.0, 1.0, 8.0)),
    "erfi": ((), mpmath.erfi, (-2.0, 0.0, 1.0)),
    "Ei": ((), mpmath.ei, (-2.0, 0.3, 5.0)),
    "E1": ((), mpmath.e1, (0.3, 1.0, 5.0)),
    "ellipk": ((), mpmath.ellipk, (-2.0, 0.0, 1e-9, 0.5, 0.99)),
    "ellipe": ((), mpmath.ellipe, (-2.0, 0.0, 1e-9, 0.5, 0.99)),
    "ellipd": ((0,), lambda m: mpmath.elliprd(0, 1 - m, 1) / 3, (-0.9, 0.0, 0.5, 0.99)),
    "airyai": ((), mpmath.airyai, (-3.0, 0.0, 2.0)),
    "airyaiprime": ((), lambda x: mpmath.airyai(x, derivative=1), (-3.0, 0.5, 2.0)),
    "airybi": ((), mpmath.airybi, (-3.0, 0.0, 2.0)),
    "airybiprime": ((), lambda x: mpmath.airybi(x, derivative=1), (-3.0, 0.5, 2.0)),
    "floor": ((), mpmath.floor, (-1.5, 0.0, 2.7)),
}


def expression(name: str) -> sp.Expr:
    return SPECIAL_FUNCTIONS[name](*map(sp.sympify, CASES[name][0]), X)


def test_every_function_has_a_case() -> None:
    assert sorted(CASES) == sorted(SPECIAL_FUNCTIONS)


@pytest.mark.parametrize("name", sorted(CASES))
def test_values_and_slopes(name: str) -> None:
    _, exact, points = CASES[name]
    at = np.array(points)
    with mpmath.workdps(40):
        want = [float(exact(mpmath.mpf(p))) for p in points]
        slopes = [
            0.0 if name == "floor" else float(mpmath.diff(exact, p))
            for p in map(mpmath.mpf, points)
        ]
    f = expression(name)
    assert evaluate(f, {X: at}) == pytest.approx(want, rel=1e-14, abs=1e-15)
    assert [float(f.subs(X, p).evalf(20)) for p in points] == pytest.approx(want, rel=1e-15)
    function = generate("f", ["x"], [f], ["x"]).function
    x = torch.tensor(points, dtype=F, requires_grad=True)
    value = function(x)[0]
    assert value.tolist() == pytest.approx(want, rel=1e-14, abs=1e-15)
    (back,) = torch.autograd.grad(value.sum(), x, create_graph=True)
    _, forward = torch.func.jvp(lambda s: function(s)[0], (x.detach(),), (torch.ones_like(x),))
    assert back.tolist() == pytest.approx(slopes, rel=2e-14, abs=1e-14)
    assert forward.tolist() == pytest.approx(slopes, rel=2e-14, abs=1e-14)
    assert evaluate(sp.diff(f, X) + 0 * X, {X: at}) + 0 * at == pytest.approx(
        np.array(slopes), rel=2e-14, abs=1e-14
    )


@pytest.mark.parametrize("name", ["gamma", "besselj", "besselk", "Ei", "airyai", "ellipe"])
def test_second_derivatives(name: str) -> None:
    _, exact, _ = CASES[name]
    with mpmath.workdps(40):
        want = float(mpmath.diff(exact, mpmath.mpf("0.7"), 2))
    function = generate("f", ["x"], [expression(name)], ["x"]).function
    x = torch.tensor([0.7], dtype=F, requires_grad=True)
    (slope,) = torch.autograd.grad(function(x)[0].sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(slope.sum(), x)
    assert second.item() == pytest.approx(want, rel=1e-13)
    assert evaluate(sp.diff(expression(name), X, 2), {X: 0.7}) == pytest.approx(want, rel=1e-13)


@pytest.mark.parametrize("name", ["loggamma", "bessely", "besselk", "E1", "ellipk"])
def test_no_real_value_is_none(name: str) -> None:
    at = 2.0 if name.startswith("ell") else -1.0
    assert np.isnan(evaluate(expression(name), {X: np.array([at])}))[0]
    function = generate("f", ["x"], [expression(name)], ["x"]).function
    assert torch.isnan(function(torch.tensor([at], dtype=F))[0]).all()


def test_computations_with_them_are_taken_down() -> None:
    from pdedsl.models.runtime.replay import Arena, Replay

    function = generate("f", ["x"], [expression("besselj") * X], ["x"]).function
    replay = Replay(function, [torch.linspace(0, 1, 5, dtype=F)], Arena())
    x = torch.linspace(2, 3, 5, dtype=F)
    assert torch.equal(replay(x)[0], function(x)[0])
