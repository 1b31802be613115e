"""Derivatives written as quotients, and quotients that are none."""

from __future__ import annotations

import pytest

from pdedsl.diagnostics import Source
from pdedsl.syntax import read


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("eq: ∂²T/∂x² = 1", "write T_xx, or d(T, x, 2)"),
        ("eq: ∂^2u/∂x∂y = 1", "write u_xy, or d(d(u, x), y)"),
        ("eq: d^4 w / dx^4 = 1", "write w_xxxx, or d(w, x, 4)"),
        ("eq: d2u/dx2 = 1", "write u_xx, or d(u, x, 2)"),
        ("eq: ∂^4w/(∂x^2 ∂y^2) = 1", "write w_xxyy, or d(d(w, x, 2), y, 2)"),
        ("eq: ∂²u/∂θ² = 1", "write d(u, theta, 2)"),
        ("eq: d/dx(k*(1 + x)*u_x) = 1", "write d(k*(1 + x)*u_x, x)"),
        ("eq: ∂²/∂t²(u + v) = 1", "write d(u + v, t, 2)"),
    ],
)
def test_derivatives_are_told(text, mend):
    (diagnostic,) = read(Source("t", text)).report
    assert (diagnostic.code, diagnostic.mend) == ("E110", mend)


@pytest.mark.parametrize(
    "text",
    ["eq: u = d2/dx2", "eq: u = d/dx", "eq: u = add2/dx2", "let a = d^2*u/dx", "eq: du/dt = v"],
)
def test_other_quotients_are_read(text):
    assert not read(Source("t", text)).report.errors
