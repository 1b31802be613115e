"""A solution is a function of its coordinates, with values that agree with each other."""

from __future__ import annotations

import numpy as np
import pytest

from tests import small


def test_coordinates_broadcast():
    solution = small.solved(small.PLANE)
    x, y = np.linspace(0, 2, 5), np.linspace(0, 1, 4)[:, None]
    values = solution(x=x, y=y)
    assert values.shape == (4, 5)
    assert solution(x=x[3], y=y[2, 0]) == pytest.approx(values[2, 3], abs=1e-14)
    assert solution(x=0.1, y=0.2).shape == ()


def test_missing_and_unknown_coordinates_are_named():
    solution = small.solved(small.PLANE)
    with pytest.raises(TypeError, match=r"missing y; the coordinates are x, y"):
        solution(x=1.0)
    with pytest.raises(TypeError, match="unknown z"):
        solution(x=1.0, y=1.0, z=1.0)


def test_several_fields_come_by_name_and_vectors_with_components_first():
    solution = small.solved(small.FLOW, 2)
    values = solution(x=np.zeros(3), y=0.5, t=0.1)
    assert {k: v.shape for k, v in values.items()} == {"v": (2, 3), "p": (3,)}
    first = solution.derivative("v[1]")(x=np.zeros(3), y=0.5, t=0.1)
    assert np.array_equal(first, values["v"][0])


def test_indexed_coordinates_come_together_or_apart():
    solution = small.solved(small.CUBE, 2)
    points = np.random.default_rng(0).random((7, 5))
    together = solution(x=points)
    apart = solution(**{f"x[{i + 1}]": points[:, i] for i in range(5)})
    assert np.array_equal(together, apart)
    with pytest.raises(ValueError, match="5 coordinates"):
        solution(x=points[:, :4])


@pytest.mark.parametrize("name", ["u_x", "u_xx", "u_xy", "u_yyx"])
def test_derivatives_agree_with_differences(name):
    solution = small.solved(small.PLANE)
    h, at = 1e-4, {"x": 0.7, "y": 0.4}
    lower, last = solution.derivative(name[:-1] if len(name) > 3 else "u"), name[-1]
    difference = lower(**(at | {last: at[last] + h})) - lower(**(at | {last: at[last] - h}))
    assert solution.derivative(name)(**at) == pytest.approx(difference / (2 * h), abs=1e-6)


def test_derivatives_of_vectors():
    solution = small.solved(small.PLANE_VECTOR)
    both = solution.derivative("v_x")(x=[0.2, 0.4], y=0.3)
    assert both.shape == (2, 2)
    assert np.array_equal(both[1], solution.derivative("v[2]_x")(x=[0.2, 0.4], y=0.3))


@pytest.mark.parametrize("name", ["w", "u_z", "u_", "", "u[1]", "u[1]_x", "x", "__class__"])
def test_other_names_are_refused(name):
    with pytest.raises(ValueError, match="fields: u"):
        small.solved(small.PLANE).derivative(name)


def test_residual_is_that_of_the_law():
    solution = small.solved(small.PLANE)
    points = np.array([[0.3, 0.6], [1.0, 0.2]])
    laplacian = solution.sample("u_xx", points) + solution.sample("u_yy", points)
    assert solution.residual("eq", points)[0] == pytest.approx(laplacian - 4, abs=1e-12)


def test_numbers_and_their_errors():
    solution = small.solved(small.NUMBER, 20)
    assert solution.numbers["c"] == pytest.approx(2.0, abs=1e-3)
    error = solution.number_errors["c"]
    assert error["exact"] == 2.0
    assert error["absolute"] == abs(solution.numbers["c"] - 2.0)
    assert error["relative"] == error["absolute"] / 2


def test_xarray_is_optional():
    solution = small.solved(small.PLANE)
    try:
        import xarray  # noqa: F401
    except ImportError:
        with pytest.raises(ImportError, match=r"pip install 'pdedsl\[xarray\]'"):
            solution.to_xarray()
        return
    data = solution.to_xarray({"x": 4, "y": 3})
    assert data["u"].dims == ("x", "y")
    assert float(data["u"].sel(x=2.0, y=0.5)) == pytest.approx(float(solution(x=2.0, y=0.5)))
