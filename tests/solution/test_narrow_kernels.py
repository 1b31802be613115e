"""Integral equations with kernels that are narrow or have kinks, against Nyström's method."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
import sympy as sp
from scipy.integrate import quad

import pdedsl

LINE = "domain O: x in [0, 1]\nunknown u(x)\n"


def narrow(w: str) -> str:
    kernel = f"sqrt({w}/pi)*exp(-{w}*(x - s)^2)*u(s)"
    return f"{LINE}eq: u = cos(x) - integral({kernel}, s in [0, 1])\n"


def nystroem(kernel, right, x: np.ndarray, panels: int = 60, nodes: int = 20) -> np.ndarray:
    """u of u + ∫ k(x, s) u(s) ds = f, with panels that are narrow at both ends."""
    edges = (1 - np.cos(np.linspace(0, np.pi, panels + 1))) / 2
    unit, weights = np.polynomial.legendre.leggauss(nodes)
    half = np.diff(edges)[:, None] / 2
    s = ((edges[:-1] + edges[1:])[:, None] / 2 + half * unit).ravel()
    w = (half * weights).ravel()
    u = np.linalg.solve(np.eye(len(s)) + kernel(s[:, None], s) * w, right(s))
    return right(x) - (kernel(x[:, None], s) * w) @ u


def mended(text: str) -> str:
    """A text with the integral that is refused as its mend types it."""
    _, report, _ = pdedsl.check(text)
    (found,) = list(report)
    assert found.code == "E305"
    assert found.mend is not None and found.mend.startswith("write integral(")
    assert len(re.findall(r"integral\(.*\)$", text, re.MULTILINE)) == 1
    typed = found.mend.removeprefix("write ").replace("\\", r"\\")
    return re.sub(r"integral\(.*\)$", f"({typed})", text, flags=re.MULTILINE)


def test_a_narrow_kernel_against_nystroem() -> None:
    solution = pdedsl.solve(pdedsl.parse(narrow("30")), budget=20)
    x = np.array([0.003, 0.05, 0.31, 0.5, 0.93])
    exact = nystroem(lambda x, s: np.sqrt(30 / np.pi) * np.exp(-30 * (x - s) ** 2), np.cos, x)
    assert solution.failure is None
    assert np.abs(solution(x=x) - exact).max() < 1e-9


@pytest.mark.parametrize("w", ["30", "300", "1000", "2e4", "1e9"])
def test_the_rule_of_a_narrow_kernel_is_right(w: str) -> None:
    """The law with u = cos(3 x), as written or as the mend types it, against adaptive rules."""
    text = narrow(w) if float(w) < 2e4 else mended(narrow(w))
    (law,) = pdedsl.parse(text).laws
    (residual,) = law.residuals
    x = sp.Symbol("x", real=True)
    known = residual.replace(lambda e: getattr(e.func, "__name__", "") == "u",
                             lambda e: sp.cos(3 * e.args[0]))  # fmt: skip
    own = sp.lambdify(x, known, "numpy")
    width = float(w)
    for at in (0.0, 1e-3, 0.11, 0.5, 0.87, 1.0):
        near = [p for p in (at - 6 / width**0.5, at, at + 6 / width**0.5) if 0 < p < 1]
        integral = sum(
            quad(
                lambda s, at=at: np.exp(-width * (at - s) ** 2) * np.cos(3 * s),
                a, b, epsabs=0, epsrel=1e-12, limit=200,
            )[0]
            for a, b in pairwise([0, *near, 1])
        )  # fmt: skip
        exact = np.cos(3 * at) - np.cos(at) + np.sqrt(width / np.pi) * integral
        assert float(own(at)) == pytest.approx(exact, abs=1e-10)


@pytest.mark.parametrize("w", ["1e9", "1e16"])
def test_kernels_that_no_rule_sees_are_refused(w: str) -> None:
    problem, report, _ = pdedsl.check(narrow(w))
    assert problem is None
    assert [d.code for d in report] == ["E305"]


def test_the_mend_of_a_very_narrow_kernel_is_read() -> None:
    problem, report, _ = pdedsl.check(mended(narrow("1e9")))
    assert problem is not None and not report.errors


@pytest.mark.parametrize(
    ("kernel", "number"),
    [
        ("exp(-3*abs(x - s))", lambda x, s: np.exp(-3 * np.abs(x - s))),
        ("(1 + floor(3*s))", lambda x, s: 1 + np.floor(3 * s) + 0 * x),
        ("if(s < x, 1, 3)", lambda x, s: 2 - np.sign(x - s)),
    ],
)
def test_a_kernel_with_a_kink_is_divided_as_the_mend_types_it(kernel: str, number) -> None:
    text = f"{LINE}eq: u = cos(x) - integral({kernel}*u(s), s in [0, 1])\n"
    solution = pdedsl.solve(pdedsl.parse(mended(text)), budget=20)
    x = np.array([0.1, 0.45, 0.8])
    coarse, fine = (midpoint(number, x, n) for n in (600, 1800))
    exact = fine + (fine - coarse) / 8
    assert solution.failure is None
    assert np.abs(solution(x=x) - exact).max() < 1e-5


def midpoint(kernel, x: np.ndarray, n: int) -> np.ndarray:
    """Nyström's method with the midpoint rule, of second order where jumps are at its edges."""
    s = (np.arange(n) + 0.5) / n
    u = np.linalg.solve(np.eye(n) + kernel(s[:, None], s) / n, np.cos(s))
    return np.cos(x) - kernel(x[:, None], s) @ u / n


@pytest.mark.parametrize("kernel", ["1/(x - s)", "log((x - s)^2)", "exp(-1e9*(x - s)^2)"])
def test_what_a_rule_cannot_integrate_is_refused(kernel: str) -> None:
    problem, report, _ = pdedsl.check(f"{LINE}eq: u = 1 + integral({kernel}*u(s), s in [0, 1])\n")
    assert problem is None
    assert [d.code for d in report] == ["E305"]


def test_a_hole_of_a_kernel_is_smooth() -> None:
    kernel = "(1 - cos(x - s))/(x - s)^2"
    problem, report, _ = pdedsl.check(f"{LINE}eq: u = 1 + integral({kernel}*u(s), s in [0, 1])\n")
    assert problem is not None and not report.errors


def test_a_kernel_inside_another_integral_is_seen() -> None:
    inner = "integral(exp(-1e7*(r - s)^2)*u(r), r in [0, s])"
    problem, report, _ = pdedsl.check(f"{LINE}eq: u = 1 + integral({inner}, s in [0, x])\n")
    assert problem is None
    assert [d.code for d in report] == ["E305"]
