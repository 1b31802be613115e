"""Splines of one axis: SciPy's B-splines, dimensions, smoothness, rates."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.interpolate import BSpline
from torch import Tensor

from pdedsl.models import Axis
from pdedsl.models.bases.splines import SplineLine

F = torch.float64
A, B = -0.5, 2.0
BREAKS = (-0.1, 0.7, 1.0, 1.9)
LINE, CIRCLE = Axis(A, B), Axis(A, B, B - A)
SHAPES = [(p, s) for p in range(1, 6) for s in range(p)]


def spline(p: int, s: int, axis: Axis = LINE, breaks=BREAKS) -> SplineLine:
    return SplineLine(axis, breaks, p, s)


def grid(n: int = 301) -> Tensor:
    return torch.linspace(A, B, n, dtype=F)


def sides(line: SplineLine, at: float, before: float, order: int) -> tuple[Tensor, Tensor]:
    """Limits of the derivatives from the left and from the right, by Taylor polynomials.

    The derivatives h before and after the place, within the elements, give the polynomials there.
    """
    h, highest = 0.05, 8
    left, right = line.table(torch.tensor([before - h, at + h], dtype=F), highest).unbind(1)
    out = []
    for own, step in ((left, h), (right, -h)):
        out.append(torch.stack([
            sum(own[m + k] * step**k / math.factorial(k) for k in range(highest + 1 - m))
            for m in range(order + 1)
        ]))  # fmt: skip
    return out[0], out[1]


@pytest.mark.parametrize(("p", "s"), SHAPES)
def test_clamped_splines_are_those_of_scipy(p: int, s: int) -> None:
    line = spline(p, s)
    t = np.sort(np.concatenate((np.repeat(BREAKS, p - s), [A] * (p + 1), [B] * (p + 1))))
    oracle = BSpline(t, np.eye(line.count), p)
    x = torch.cat((grid(), torch.tensor(BREAKS, dtype=F)))
    got = line.table(x, p + 2)
    assert got.shape == (p + 3, len(x), line.count) == (p + 3, 305, 5 * (p - s) + s + 1)
    for m in range(p + 1):
        want = torch.from_numpy(oracle(x.numpy(), nu=m))
        assert torch.allclose(got[m], want, rtol=1e-12, atol=1e-12 * want.abs().max())
    assert not got[p + 1 :].any()


@pytest.mark.parametrize(("p", "s"), SHAPES)
def test_periodic_splines_are_sums_of_splines_on_repeated_knots(p: int, s: int) -> None:
    line, turns = spline(p, s, CIRCLE), range(-6, 7)
    assert line.count == 5 * (p - s)
    every = [a + k * (B - A) for k in turns for a in (A, *BREAKS)]
    oracle = np.repeat(every, p - s)
    x = torch.cat((grid()[:-1], torch.tensor(BREAKS, dtype=F)))
    full = BSpline(oracle, np.eye(len(oracle) - p - 1), p)
    first = turns.index(0) * line.count
    for m, got in enumerate(line.table(x, p)):
        values = full(x.numpy(), nu=m)
        # The function that begins at the first knot of the period is the number 0.
        want = sum(
            np.pad(values, ((0, 0), (0, line.count)))[:, first + k * line.count :][:, : line.count]
            for k in range(1 - len(turns) // 2, len(turns) // 2)
        )
        assert np.abs(got.numpy() - want).max() <= 1e-11 * max(1, np.abs(want).max())


@pytest.mark.parametrize("axis", [LINE, CIRCLE])
@pytest.mark.parametrize(("p", "s"), SHAPES)
def test_partition_of_unity_and_independence(p: int, s: int, axis: Axis) -> None:
    table = spline(p, s, axis).table(grid(), 3)
    assert (table[0] >= 0).all()
    assert (table[0].sum(dim=1) - 1).abs().max() < 1e-14
    scale = table[1:].abs().amax(dim=(1, 2)).clamp(min=1)
    assert (table[1:].sum(dim=2).abs().amax(dim=1) / scale).max() < 1e-13
    assert torch.linalg.matrix_rank(table[0]) == table.shape[2]


@pytest.mark.parametrize(("p", "s"), SHAPES)
def test_polynomials_of_their_degree_are_splines(p: int, s: int) -> None:
    x, line = grid(), spline(p, s)
    want = torch.stack([x**k for k in range(p + 1)], dim=1)
    values = line.table(x, 0)[0]
    fit = torch.linalg.lstsq(values, want).solution
    assert (values @ fit - want).abs().max() < 1e-11
    # Points outside belong to the polynomials at the ends.
    away = torch.tensor([A - 0.1, B + 0.1], dtype=F)
    beyond = torch.stack([away**k for k in range(p + 1)], dim=1)
    assert (line.table(away, 0)[0] @ fit - beyond).abs().max() < 1e-9


@pytest.mark.parametrize("axis", [LINE, CIRCLE])
@pytest.mark.parametrize(("p", "s"), SHAPES)
def test_smoothness_at_the_breaks(p: int, s: int, axis: Axis) -> None:
    line = spline(p, s, axis)
    places = [(b, b) for b in BREAKS]
    if axis.period is not None:
        places.append((A, B))  # the join
    for after, before in places:
        left, right = sides(line, after, before, s + 1)
        scale = torch.maximum(left, right).abs().amax(dim=1)
        jump = (left - right).abs().amax(dim=1) / scale
        assert (jump[:-1] < 1e-11).all()
        assert jump[-1] > 1e-2


def test_values_at_the_ends_of_elements() -> None:
    line = spline(2, 0)
    at = torch.tensor([*BREAKS, B], dtype=F)
    values, slopes = line.table(at, 1)
    after = line.table(torch.nextafter(at, at + 1), 1)[1]
    before = line.table(torch.nextafter(at, at - 1), 1)[1]
    assert torch.allclose(slopes[:4], after[:4], atol=1e-9)
    assert not torch.allclose(slopes[:4], before[:4], atol=1)
    assert torch.allclose(slopes[4], before[4], atol=1e-9)
    assert torch.equal(values[4], torch.eye(line.count, dtype=F)[-1])


def test_periodic_points_are_wrapped() -> None:
    line, x = spline(3, 2, CIRCLE), grid(50)[:-1] + 1e-3
    want = line.table(x, 3)
    for turns in (-2, 1, 5):
        assert torch.allclose(line.table(x + turns * (B - A), 3), want, rtol=1e-9, atol=1e-9)
    ends = line.table(torch.tensor([A, B, A - 1e-18], dtype=F), 2)
    assert torch.allclose(ends[:, :1].expand(-1, 3, -1), ends, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("p", "s"), [(1, 0), (2, 1), (3, 2), (3, 1), (5, 2)])
@pytest.mark.parametrize("axis", [LINE, CIRCLE])
def test_least_squares_converge_with_the_power_of_the_degree(p: int, s: int, axis: Axis) -> None:
    x, errors = grid(1500), []
    omega = 2 * math.pi / (B - A)
    want = torch.exp(torch.sin(omega * x))[:, None]
    for elements in (16, 32):
        values = spline(p, s, axis, np.linspace(A, B, elements + 1)[1:-1]).table(x, 0)[0]
        fit = torch.linalg.lstsq(values, want).solution
        errors.append((values @ fit - want).square().mean().sqrt().item())
    assert math.log2(errors[0] / errors[1]) == pytest.approx(p + 1, abs=0.45)


def test_derivatives_by_automatic_differentiation_and_vmap() -> None:
    line, x = spline(4, 2, CIRCLE), grid(9) + 0.01
    leaf = x.clone().requires_grad_()
    table = line.table(leaf, 3)
    for m in range(3):
        for j in range(line.count):
            (slope,) = torch.autograd.grad(table[m, :, j].sum(), leaf, retain_graph=True)
            assert torch.allclose(slope, table[m + 1, :, j], rtol=1e-9, atol=1e-9)
    jacobian = torch.func.vmap(torch.func.jacfwd(lambda y: line.table(y[None], 0)[0, 0]))(x)
    assert torch.allclose(jacobian, table[1], rtol=1e-9, atol=1e-9)


def test_single_precision() -> None:
    line, x = spline(3, 2), grid(30)
    got, want = line.table(x.float(), 2), line.table(x, 2)
    assert got.dtype == torch.float32
    assert torch.allclose(got.double(), want, atol=1e-4 * want.abs().max().item())


# Bases.
