"""The sampling ``gauss``: losses are quadratures of mean squares."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp
import torch

from pdedsl.compiler import ResidualSystem, build
from pdedsl.compiler.points.free_inputs import periodic_inputs
from pdedsl.ir import Boundary, Global, Interior, OnData, Periodicity, Problem, Slice, Table
from pdedsl.sema import problem_of
from pdedsl.syntax import load_source
from tests.conftest import SPECS

from .problems import SPAN, box, faces, field, interval, law, poisson, problem, t, x, y

F = torch.float64
SMALL = {"width": 4, "depth": 2}
REGION = box((-1, 2), (0, 1))


def zero(s: ResidualSystem) -> torch.Tensor:
    """Parameters with which every field vanishes."""
    return torch.zeros(s.parameters, dtype=F)


def flat(place: object, value: sp.Expr, *more: object, periodic: bool = False) -> Problem:
    """u = value at a place of [-1, 2] × [0, 1] × (0, 3)."""
    u = field("u", x, y, t)
    circle = (Periodicity("per", ("u",), x, sp.Integer(3), SPAN),) if periodic else ()
    return problem(
        coordinates=(x, y), region=REGION, time=interval(t, 0, 3), fields=(u,),
        laws=(law("eq", "eq", place, u.components[0] - value, *more),), periodicities=circle,
    )  # fmt: skip


def mean_square(place: object, value: sp.Expr, n: int, periodic: bool = False) -> float:
    s = build(flat(place, value, periodic=periodic), SMALL, {"eq": n}, "gauss")
    return float(s.loss(zero(s)))


def test_the_mean_square_over_the_interior_is_exact() -> None:
    value = x**2 * y + t**3 - 1
    want = sp.integrate(value**2, (x, -1, 2), (y, 0, 1), (t, 0, 3)) / 9
    assert mean_square(Interior("Omega"), value, 64) == pytest.approx(float(want), rel=1e-13)
    # Three nodes an axis are exact up to degree 5 alone, and t^6 is needed.
    assert mean_square(Interior("Omega"), value, 27) != pytest.approx(float(want), rel=1e-6)


def test_a_slice_integrates_over_the_free_inputs() -> None:
    place = Slice("Omega", ((t, sp.Integer(2)),))
    want = sp.integrate((x * y * 2 + 1) ** 2, (x, -1, 2), (y, 0, 1)) / 3
    assert mean_square(place, x * y * t + 1, 4) == pytest.approx(float(want), rel=1e-13)


def test_laws_between_integrals_integrate_over_time() -> None:
    want = sp.integrate((t**2 + sp.Rational(1, 2) + sp.Rational(1, 2)) ** 2, (t, 0, 3)) / 3
    assert mean_square(Global(), t**2 + x + y, 3) == pytest.approx(float(want), rel=1e-13)


@pytest.mark.parametrize("sides", [(0, 1, 2, 3), (0, 2), (3,)])
def test_faces_count_by_their_area(sides: tuple[int, ...]) -> None:
    chosen = tuple(faces((x, y), REGION)[i] for i in sides)
    value = x**2 + 3 * y + t
    total, area = sp.S.Zero, sp.S.Zero
    for face in chosen:
        other = y if face.axis == x else x
        ends = (0, 1) if other == y else (-1, 2)
        at = value.subs(face.axis, face.value)
        total += sp.integrate(at**2, (other, *ends), (t, 0, 3))
        area += sp.integrate(1, (other, *ends), (t, 0, 3))
    # Shares of the points that are no squares, so that the faces have unequal weights a point.
    got = mean_square(Boundary("Omega", chosen), value, 51 * len(sides))
    assert got == pytest.approx(float(total / area), rel=1e-13)


def test_the_ends_of_an_interval_count_alike() -> None:
    u = field("u", x)
    place = Boundary("Omega", faces((x,), box((0, 2))))
    p = problem(coordinates=(x,), region=box((0, 2)), fields=(u,),
                laws=(law("bc", "bc", place, u.components[0] - x),))  # fmt: skip
    s = build(p, SMALL, {"bc": 7}, "gauss")
    assert float(s.loss(zero(s))) == pytest.approx(2.0)


def test_a_condition_keeps_the_nodes_inside_and_their_weights() -> None:
    # Whole sides: the rule stays exact.
    whole = Boundary("Omega", faces((x, y), REGION), where=x < 0)
    left = faces((x, y), REGION)[0]
    value = y**2 + t
    where_x = Boundary("Omega", (left,), where=y < 2)
    alone = mean_square(Boundary("Omega", (left,)), value, 60)
    assert mean_square(where_x, value, 60) == pytest.approx(alone, rel=1e-12)
    # Cut sides: first order in the distance of the nodes.
    want = (3 * sp.integrate((y**2) ** 2, (y, 0, 1))
            + 3 * 2 * 0 + sp.integrate(sp.S.One, (x, -1, 0)) * 3)  # fmt: skip
    want = want / (3 + 3 + 3)
    errors = [abs(mean_square(whole, y**2, n) - float(want)) for n in (300, 30_000)]
    assert errors[1] < 0.01
    assert errors[1] < errors[0]


def test_a_condition_smaller_than_the_nodes_are_apart() -> None:
    place = Boundary("Omega", faces((x, y), REGION)[:1], where=sp.Abs(y - 0.2) < 1e-3)
    assert mean_square(place, sp.Integer(3), 16) == pytest.approx(9.0)


def test_a_periodic_axis_has_equal_cells() -> None:
    wave = 2 * sp.pi * x / 3
    value = sp.cos(3 * wave) * y + sp.sin(wave)
    want = sp.Rational(1, 2) * (sp.Rational(1, 3) + 1)
    got = mean_square(Interior("Omega"), value, 7**3, periodic=True)
    assert got == pytest.approx(float(want), rel=1e-13)
    assert mean_square(Interior("Omega"), value, 7**3) != pytest.approx(float(want), rel=1e-3)
    s = build(flat(Interior("Omega"), value, periodic=True), SMALL, {"eq": 64}, "gauss")
    assert sorted(set(s.blocks[0].points[:, 0].tolist())) == pytest.approx(
        [-0.625, 0.125, 0.875, 1.625]
    )


def test_an_axis_counts_as_periodic_only_where_all_its_fields_are() -> None:
    u, v, w = field("u", x, t), field("v", x, t), field("w", t)
    laws = (law("eq", "eq", Interior("Omega"), u.components[0]),)

    def axes(*names: str, period: int = 3) -> tuple[bool, ...]:
        p = problem(
            coordinates=(x,), region=box((0, 3)), time=interval(t, 0, 1), fields=(u, v, w),
            laws=laws,
            periodicities=(Periodicity("per", names, x, sp.Integer(period), SPAN),),
        )  # fmt: skip
        return periodic_inputs(p)

    assert axes("u", "v") == (True, False)
    assert axes("u") == (False, False)
    assert axes("u", "v", period=6) == (False, False)


def test_rows_of_a_table_count_alike() -> None:
    values = np.array([0.1, 0.4, 0.9])
    data = Table("probe", "probe.csv", {"x": values, "value": values**2}, ("x",), "")
    u = field("u", x)
    place = OnData("probe")
    fit = law("fit", "fit", place, u.components[0] - sp.Function("probe.value")(x))
    p = problem(coordinates=(x,), region=box((0, 1)), fields=(u,), laws=(fit,), tables=(data,))
    s = build(p, SMALL, sampling="gauss")
    assert float(s.loss(zero(s))) == pytest.approx(float((values**4).mean()))


def test_everything_follows_the_weights() -> None:
    s = build(poisson(), SMALL, {"eq": 49, "bc": 20}, "gauss", {"bc": 3.0})
    assert s.blocks[0].map.roots is not None
    theta = s.initial(1)
    r, j = s.residual_and_jacobian(theta)
    tight = {"rtol": 1e-11, "atol": 1e-12}
    for block in s.blocks:
        own = s.residual_at(theta, block.label, block.points)[0]
        weights = block.map.roots.square()
        assert float(weights.mean()) == pytest.approx(1.0)
        want = block.weight * float((weights * own**2).mean())
        assert float(r[block.rows].square().sum()) == pytest.approx(want, rel=1e-12)
        rms = s.losses_by_law(theta)[block.label]
        assert rms**2 * block.weight == pytest.approx(want, rel=1e-12)
    v = torch.linspace(-1, 1, s.parameters, dtype=F)
    w = torch.linspace(-1, 1, s.rows, dtype=F)
    step = 1e-6
    change = (s.residual(theta + step * v) - s.residual(theta - step * v)) / (2 * step)
    torch.testing.assert_close(j @ v, change, rtol=1e-6, atol=1e-8)
    torch.testing.assert_close(s.jvp(theta, v), j @ v, **tight)
    torch.testing.assert_close(s.vjp(theta, w), j.T @ w, **tight)
    torch.testing.assert_close(s.gram(theta), j.T @ j, **tight)
    torch.testing.assert_close(s.kernel(theta), j @ j.T, **tight)
    loss, slope = s.loss_and_grad(theta)
    torch.testing.assert_close(loss, r @ r)
    torch.testing.assert_close(slope, 2 * j.T @ r, **tight)
    s.set_weights({"bc": 0.0})
    assert s.losses_by_law(theta)["bc"] == pytest.approx(rms, rel=1e-12)
    s.resample(9)
    s.chunk = 5
    torch.testing.assert_close(s.residual(theta)[s.blocks[0].rows], r[s.blocks[0].rows])


def test_ordinary_points_have_no_weights() -> None:
    for kind in ("sobol", "lhs", "uniform", "grid"):
        assert all(b.map.roots is None for b in build(poisson(), SMALL, sampling=kind).blocks)


@pytest.mark.parametrize(
    "name", ["heat", "allen_cahn", "cavity", "gray_scott", "pendulum", "heat_inverse"]
)
def test_specs_of_the_gallery(name: str) -> None:
    path = next(p for p in SPECS if p.stem == name)
    p = problem_of(load_source(path), path.parent)
    s = build(p, SMALL, {"eq": 50, "bc": 20, "ic": 20}, "gauss")
    assert math.isfinite(float(s.loss(s.theta0)))
    for block in s.blocks:
        assert block.map.roots is None or float(block.map.roots.square().mean()) == pytest.approx(
            1.0
        )
