from __future__ import annotations

import numpy as np
import pytest

from pdedsl.geometry import KINDS, unit_points


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("d", [1, 2, 5])
def test_points_lie_in_the_cube_and_repeat(kind: str, d: int) -> None:
    points = unit_points(kind, 37, d, 3)
    assert points.shape[1] == d
    assert ((points >= 0) & (points <= 1)).all()
    assert len(np.unique(points, axis=0)) == len(points)
    assert (points == unit_points(kind, 37, d, 3)).all()
    if kind not in ("grid", "gauss"):
        assert len(points) == 37
        assert (points != unit_points(kind, 37, d, 4)).all()


def test_a_latin_hypercube_has_one_point_in_each_slab() -> None:
    points = unit_points("lhs", 50, 3, 0)
    for column in points.T:
        assert sorted((column * 50).astype(int)) == list(range(50))


def test_sobol_fills_every_dyadic_box() -> None:
    points = unit_points("sobol", 64, 2, 5)
    cells = (points * 8).astype(int)
    assert len({tuple(c) for c in cells}) == 64


def test_sobol_integrates_better_than_random_points() -> None:
    def error(kind: str) -> float:
        values = [
            np.prod(1 + 0.5 * (unit_points(kind, 1024, 3, s) - 0.5), axis=1).mean()
            for s in range(8)
        ]
        return float(np.sqrt(np.mean(np.square(np.array(values) - 1))))

    assert error("sobol") < error("uniform") / 20


def test_a_grid_has_cell_centres() -> None:
    points = unit_points("grid", 10, 2, 0)
    assert len(points) == 9
    assert sorted(set(points[:, 0])) == pytest.approx([1 / 6, 1 / 2, 5 / 6])


def test_no_dimension_is_one_point() -> None:
    assert unit_points("sobol", 100, 0, 0).shape == (1, 0)


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="'halton'"):
        unit_points("halton", 3, 1, 0)
    with pytest.raises(ValueError, match="got 0"):
        unit_points("sobol", 0, 1, 0)
