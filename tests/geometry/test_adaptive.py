"""Adaptive quadrature against integrals in closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pdedsl.geometry import FloatBox
from pdedsl.geometry.adaptive import Marks, integrate

UNIT = {d: FloatBox((0.0,) * d, (1.0,) * d) for d in range(6)}


def spike(width):
    return lambda x: np.exp(-(((x[:, 0] - 0.3137) / width) ** 2)) / width / math.sqrt(math.pi)


@pytest.mark.parametrize(
    ("function", "dimension", "exact", "accuracy"),
    [
        (lambda x: np.ones(1), 0, 1.0, 0),
        (lambda x: np.exp(x[:, 0]), 1, math.e - 1, 1e-14),
        (lambda x: np.sqrt(x[:, 0]), 1, 2 / 3, 1e-11),
        (lambda x: np.log(x[:, 0]), 1, -1.0, 1e-10),
        (lambda x: np.where(x[:, 0] > 1 / 3, 1.0, 0.0), 1, 2 / 3, 1e-10),
        (spike(1e-2), 1, 1.0, 1e-12),
        (spike(1e-4), 1, 1.0, 1e-10),
        (lambda x: np.sin(math.pi * x[:, 0]) * np.sin(9 * math.pi * x[:, 1]), 2,
         4 / (9 * math.pi**2), 1e-14),
        (lambda x: np.abs(x[:, 0] - x[:, 1]), 2, 1 / 3, 1e-7),
        (lambda x: np.sin(math.pi * x).prod(axis=1), 3, (2 / math.pi) ** 3, 1e-13),
        (lambda x: np.sin(math.pi * x).prod(axis=1), 5, (2 / math.pi) ** 5, 1e-5),
    ],
)  # fmt: skip
def test_integrals(function, dimension, exact, accuracy):
    value, error = integrate(function, UNIT[dimension])
    assert abs(value - exact) <= accuracy
    assert abs(value - exact) <= error + 1e-14


def test_boxes_have_volumes():
    box = FloatBox((1.0, -2.0), (3.0, 2.0))
    assert integrate(lambda x: x[:, 0] * x[:, 1] ** 2, box)[0] == pytest.approx(4 * 16 / 3)


def test_what_is_not_finite_has_no_integral():
    with np.errstate(all="ignore"):
        assert math.isnan(integrate(lambda x: np.log(x[:, 0] - 0.5), UNIT[1])[0])


@pytest.mark.parametrize("width", [1e-4, 1e-6, 1e-8])
def test_narrow_places_that_are_marked_are_seen(width):
    """A point and a line of width 1e-8: nodes without marks see zero."""
    at = np.array([0.3137, 0.777])

    def point(x):
        return np.exp(-(((x - at) / width) ** 2).sum(axis=1)) / (math.pi * width**2)

    def line(x):
        return np.exp(-(((x[:, 0] - at[0]) / width) ** 2)) / (math.sqrt(math.pi) * width) * x[:, 1]

    both = Marks(at[None], np.full((1, 2), width))
    value, error = integrate(point, UNIT[2], both)
    assert abs(value - 1) < 1e-8 and error < 1e-4
    across = Marks(at[None], np.array([[width, np.inf]]))
    assert integrate(line, UNIT[2], across)[0] == pytest.approx(0.5, rel=1e-8)
    assert integrate(point, UNIT[2])[0] < 0.5 or width > 1e-5
