"""Narrow features are read off expressions: places and widths in closed form."""

from __future__ import annotations

import numpy as np
import pytest

import pdedsl
from pdedsl.calculus.features import Feature, features_of
from pdedsl.calculus.features.probes import probes

LINE = "domain O: x in [0, 1]\nunknown u(x)\neq: u_xx = {f}\nbc: u = 0 on boundary\n"
PLANE = "domain O: (x, y) in [0, 1]^2\nunknown u(x, y)\neq: lap(u) = {f}\nbc: u = 0 on boundary\n"


def found(text: str, label: str = "eq") -> list[Feature]:
    problem = pdedsl.parse(text)
    return [f for _, part in features_of(problem, problem.law(label)) for f in part]


@pytest.mark.parametrize(
    ("f", "centre", "width"),
    [
        ("exp(-((x - 0.3137)/1e-4)^2)", 0.3137, 1e-4),
        ("(1 + x)*exp(-((x - 0.6)/1e-8)^2)/1e-8", 0.6, 1e-8),
        ("1/((x - 0.25)^2 + 1e-6)", 0.25, 1e-3),
        ("exp(-1e6*sin(x - 0.4)^2)", 0.4, 1e-3),
        ("exp(-x/1e-5)", 0.0, 1e-5),
        ("exp((x - 1)/0.01)", 1.0, 0.01),
        ("tanh((x - 0.7)/0.001)", 0.7, 0.001),
        ("erf((x^2 - 0.25)/0.001)", 0.5, 0.001),
        ("1/(1 + exp(-(x - 0.3)/0.002))", 0.3, 0.002),
        ("1/cosh((x - 0.3)/0.002)^2", 0.3, 0.002),
        ("sqrt((x - 0.5)^2 + 1e-8)", 0.5, np.sqrt(2) * 1e-4),
        ("(4*x*(1 - x))^900", 0.5, 1 / 60),
        ("exp((x - 0.4)/1e-4 - exp((x - 0.4)/1e-4))", 0.4, np.sqrt(2) * 1e-4),
        ("exp(-abs(x - 0.2)/1e-4)", 0.2, 0.0),
        ("if(x > 0.2, 1, 0)", 0.2, 0.0),
        ("max(x, 0.8)", 0.8, 0.0),
    ],
)
def test_one_feature_on_a_line(f: str, centre: float, width: float) -> None:
    features = found(LINE.format(f=f))
    near = [q for q in features if abs(q.points[0].centre[0] - centre) < 1e-9]
    assert near
    assert min(q.width for q in near) == pytest.approx(width, rel=1e-3, abs=1e-12)


def test_a_feature_of_a_coefficient_of_data_and_of_a_definition() -> None:
    coefficient = LINE.replace("u_xx = {f}", "d(k*u_x, x) = 1").replace(
        "unknown", "let k = 2 - exp(-((x - 0.4)/0.001)^2)\nunknown"
    )
    assert [q.points[0].centre[0] for q in found(coefficient)] == pytest.approx([0.4])
    data = PLANE.format(f=0).replace(
        "bc: u = 0 on boundary", "bc: u = exp(-((y - 0.3)/0.001)^2) on x = 1"
    )
    (feature,) = found(data, "bc")
    assert feature.points[0].centre == pytest.approx([1.0, 0.3])


def test_wide_terms_have_none() -> None:
    assert not found(LINE.format(f="sin(3*x)*exp(-x^2) + 1/(1 + x^2) + tanh(2*x - 1)"))


def test_a_spike_in_a_plane_has_a_width_along_each_axis() -> None:
    (feature,) = found(PLANE.format(f="exp(-((x - 0.3)/0.001)^2 - ((y - 0.7)/0.02)^2)"))
    (point,) = feature.points
    assert feature.isolated
    assert point.centre == pytest.approx([0.3, 0.7])
    assert sorted(point.widths) == pytest.approx([0.001, 0.02])


@pytest.mark.parametrize(
    ("f", "level"),
    [
        ("exp(-((x + y - 1.137)/0.001)^2)", lambda x, y: x + y - 1.137),
        ("tanh((x^2 + y^2 - 0.25)/0.001)", lambda x, y: x**2 + y**2 - 0.25),
        ("exp(-((y - 0.5 - 0.2*sin(6*x))/0.001)^2)", lambda x, y: y - 0.5 - 0.2 * np.sin(6 * x)),
        ("abs(x - 0.2)", lambda x, y: x - 0.2 + 0 * y),
    ],
)
def test_points_lie_along_a_curve(f: str, level) -> None:  # type: ignore[no-untyped-def]
    (feature,) = found(PLANE.format(f=f))
    points = np.array([p.centre for p in feature.points])
    assert np.abs(level(*points.T)).max() < 1e-9
    assert len(points) >= 8
    assert not feature.isolated


@pytest.mark.parametrize(
    ("f", "mass"),
    [
        ("exp(-((x - 0.3)/1e-4)^2 - ((y - 0.7)/1e-3)^2)", np.pi * 1e-7),
        ("exp(-((x - 0.3)^2 + 2*(y - 0.7)^2)/1e-4)", np.pi * 1e-4 / np.sqrt(2)),
    ],
)
def test_probes_integrate_a_spike(f: str, mass: float) -> None:
    (feature,) = found(PLANE.format(f=f))
    points, weights = probes(feature)
    value = pdedsl.parse(PLANE.format(f=f)).law("eq").residuals[0]
    import sympy as sp

    x, y = sp.symbols("x y", real=True)
    known = sp.lambdify((x, y), -value.subs(dict.fromkeys(value.atoms(sp.Derivative), 0)))
    assert weights @ known(*points.T) == pytest.approx(mass, rel=1e-3)
