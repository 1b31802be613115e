from __future__ import annotations

import numpy as np
import pytest

from pdedsl.geometry import FloatBox, integration_rule
from pdedsl.geometry.interpolation import interpolator
from pdedsl.geometry.quadrature import gauss_legendre, sobol_rule
from pdedsl.ir import Table

BOX = FloatBox((-1.0, 2.0, 0.0), (3.0, 2.5, 1.0))


def test_measures_and_normals() -> None:
    assert BOX.volume == pytest.approx(2.0)
    assert [BOX.face_area(i) for i in range(3)] == pytest.approx([0.5, 4.0, 2.0])
    assert BOX.normal(1, -1).tolist() == [0.0, -1.0, 0.0]
    assert BOX.centre == (1.0, 2.25, 0.5)


def test_placing_and_membership() -> None:
    points = BOX.place(np.array([[0.0, 0.5, 1.0], [1.0, 1.0, 0.0]]))
    assert points.tolist() == [[-1.0, 2.25, 1.0], [3.0, 2.5, 0.0]]
    assert BOX.contains(points).all()
    assert BOX.contains(np.array([[3.1, 2.2, 0.5]])).tolist() == [False]
    assert BOX.contains(np.array([[3.1, 2.2, 0.5]]), slack=0.1).tolist() == [True]


@pytest.mark.parametrize("order", [2, 3, 7])
def test_gauss_legendre_is_exact_up_to_its_degree(order: int) -> None:
    rule = gauss_legendre(BOX, order)
    k = 2 * order - 1
    x, y, z = rule.nodes.T
    got = rule.weights @ (x**k * y**2 * z**k)
    want = (3 ** (k + 1) - (-1) ** (k + 1)) / (k + 1) * (2.5**3 - 2**3) / 3 * 1 / (k + 1)
    assert got == pytest.approx(want, rel=1e-13)
    past = rule.weights @ z ** (k + 1) / (rule.weights.sum())
    assert abs(past - 1 / (k + 2)) > 1e-9


def test_every_rule_has_the_volume_as_weight() -> None:
    for d in (1, 2, 3, 6):
        box = FloatBox((0.0,) * d, (2.0,) * d)
        rule = integration_rule(box)
        assert rule.nodes.shape == (len(rule.weights), d)
        assert rule.weights.sum() == pytest.approx(2.0**d)


def test_the_sobol_rule_converges() -> None:
    box = FloatBox((0.0,) * 5, (1.0,) * 5)
    errors = []
    for n in (2**8, 2**14):
        rule = sobol_rule(box, n)
        errors.append(abs(rule.weights @ np.exp(rule.nodes.sum(axis=1)) - (np.e - 1) ** 5))
    assert errors[1] < errors[0] / 10


def table(points: np.ndarray, values: np.ndarray) -> Table:
    names = tuple("xyz"[: points.shape[1]])
    columns = dict(zip(names, points.T, strict=True)) | {"f": values}
    return Table("data", "data.csv", columns, names, "")


def test_interpolation_reproduces_its_rows_and_knows_its_hull() -> None:
    rng = np.random.default_rng(0)
    for d in (1, 2):
        points = rng.random((60, d))
        f = interpolator(table(points, points.sum(axis=1)), "f")
        assert f(points) == pytest.approx(points.sum(axis=1))
        inside = 0.4 + 0.2 * rng.random((20, d))
        assert f(inside) == pytest.approx(inside.sum(axis=1), abs=2e-2 if d == 1 else 1e-12)
        assert np.isnan(f(np.full((1, d), 1.5))).all()


def test_interpolation_on_a_grid_is_cubic() -> None:
    axis = np.linspace(0, 1, 12)
    points = np.stack([m.ravel() for m in np.meshgrid(axis, axis)], axis=1)
    points = np.random.default_rng(1).permutation(points)
    cubic = lambda p: p[:, 0] ** 3 - p[:, 0] * p[:, 1] ** 2  # noqa: E731
    f = interpolator(table(points, cubic(points)), "f")
    at = np.random.default_rng(2).random((30, 2))
    assert f(at) == pytest.approx(cubic(at), abs=1e-10)


def test_interpolation_refuses_repeated_points() -> None:
    points = np.array([[0.0], [1.0], [1.0]])
    with pytest.raises(ValueError, match="several rows"):
        interpolator(table(points, np.zeros(3)), "f")
