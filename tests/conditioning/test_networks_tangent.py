"""Tangent kernels and discrete Green's functions."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pdedsl.conditioning.networks.green import greens_function
from pdedsl.conditioning.networks.tangent import (
    Metric,
    features,
    natural_kernel,
    residual_metric,
    tangent_kernel,
)

from .network_problems import HEAT, LINE, PLANE, l2_metric, nodes, state, system

RICH = {"kind": "basis", "family": "legendre", "modes": 30}


def test_the_tangent_kernel_is_a_sum_over_the_parameters() -> None:
    s = system(HEAT)
    theta = state(s)
    rng = np.random.default_rng(0)
    x, y = rng.random((5, 2)), rng.random((4, 2))
    kernel = tangent_kernel(s, theta, x, y)
    assert kernel.shape == (2, 5, 2, 4)
    step = 1e-6
    total = np.zeros_like(kernel)
    for p in range(s.parameters):
        move = torch.zeros_like(theta)
        move[p] = step
        slopes = []
        for at in (x, y):
            up, down = (
                torch.stack(list(s.fields(theta + e * move, torch.tensor(at)).values())).numpy()
                for e in (1, -1)
            )
            slopes.append((up - down) / (2 * step))
        total += np.einsum("ai,bj->aibj", *slopes)
    assert kernel == pytest.approx(total, rel=1e-6, abs=1e-7)
    own = tangent_kernel(s, theta, x).reshape(10, 10)
    assert np.linalg.eigvalsh(own).min() > -1e-12 * np.linalg.eigvalsh(own).max()


def test_the_natural_kernel_projects_on_the_tangent_space() -> None:
    s = system(LINE, {"width": 5, "depth": 1})
    theta = state(s)
    x, w = nodes(60)
    # The ten leading directions of the tangent space, which rounding leaves alone.
    metric = l2_metric(s, theta, x, w, cutoff=1e-5)
    assert 3 <= metric.rank < s.parameters
    kernel = natural_kernel(s, theta, metric, x)[0, :, 0, :]
    assert kernel == pytest.approx(kernel.T, abs=1e-12 * abs(kernel).max())
    assert kernel @ (w[:, None] * kernel) == pytest.approx(kernel, abs=1e-10 * abs(kernel).max())
    assert (w * np.diag(kernel)).sum() == pytest.approx(metric.rank, rel=1e-10)
    # Functions of the (kept) tangent space are reproduced, others projected.
    tangent = features(s, theta, x)[0] @ metric.right @ np.arange(1.0, metric.rank + 1)
    assert kernel @ (w * tangent) == pytest.approx(tangent, rel=1e-9, abs=1e-10)
    other = np.exp(3 * x[:, 0])
    rest = other - kernel @ (w * other)
    assert abs(kernel @ (w * rest)).max() < 1e-9
    assert abs(rest).max() > 1e-6


def test_without_a_cutoff_every_tangent_function_is_reproduced() -> None:
    s = system(LINE, {"kind": "basis", "family": "chebyshev", "modes": 9})
    x, w = nodes(30)
    metric = l2_metric(s, s.theta0, x, w)
    assert metric.rank == 10
    kernel = natural_kernel(s, s.theta0, metric, x)[0, :, 0, :]
    functions = features(s, s.theta0, x)[0]
    assert kernel @ (w[:, None] * functions) == pytest.approx(functions, abs=1e-11)
    # The kernel of polynomials of degree 9 in closed form: Σ (2n + 1) P_n(2x − 1) P_n(2y − 1).
    p = np.polynomial.legendre.legvander(2 * x[:, 0] - 1, 9)
    assert kernel == pytest.approx((p * (2 * np.arange(10) + 1)) @ p.T, abs=1e-10)


def test_the_natural_kernel_reproduces_in_the_product_of_the_residuals() -> None:
    s = system(HEAT, {"width": 4, "depth": 1}, weights={"bc": 3.0})
    theta = state(s)
    metric = residual_metric(s, theta, cutoff=1e-6)
    points = np.random.default_rng(0).random((6, 2))
    own = metric.whitened(features(s, theta, points))
    jacobian = s.jacobian(theta).numpy()
    # NNTK(x, ·) has the coefficients G† ∂u(x); its product with ∂u·c is the value of ∂u(x)·c.
    coefficients = own @ (metric.right / metric.values).T
    c = metric.right @ np.linspace(1, 2, metric.rank)
    product = (coefficients @ jacobian.T) @ (jacobian @ c)
    assert product == pytest.approx(features(s, theta, points) @ c, rel=1e-8, abs=1e-10)
    kernel = natural_kernel(s, theta, metric, points)
    assert kernel.reshape(12, 12) == pytest.approx(
        (own.reshape(12, -1) @ own.reshape(12, -1).T), rel=1e-12
    )


def test_the_metric_is_the_pseudo_inverse() -> None:
    rng = np.random.default_rng(3)
    factor = rng.normal(size=(12, 4)) @ rng.normal(size=(4, 7))
    metric = Metric.of(factor)
    assert metric.rank == 4
    rows = rng.normal(size=(3, 7))
    inner = metric.whitened(rows)
    want = rows @ np.linalg.pinv(factor.T @ factor, rcond=1e-10) @ rows.T
    assert inner @ inner.T == pytest.approx(want, rel=1e-8)
    with pytest.raises(ValueError, match="not finite"):
        Metric.of(np.full((3, 2), np.nan))


# Green's functions.


def green_of_the_line(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """That of −u″ with u(0) = u(1) = 0."""
    return np.minimum(x, y.T) * (1 - np.maximum(x, y.T))


def test_the_greens_function_of_the_line() -> None:
    s = system(LINE, RICH)
    x, w = nodes(200)
    g = greens_function(s, s.theta0, "eq", x, x)[0, :, 0, :]
    exact = green_of_the_line(x, x)
    error = np.sqrt((w[:, None] * w * (g - exact) ** 2).sum())
    assert error < 7e-3 * np.sqrt((w[:, None] * w * exact**2).sum())
    assert abs(g - exact).max() < 0.01
    # It solves −u″ = f to rounding for f whose solution is in the basis to rounding.
    f = np.sin(3 * x[:, 0])
    solution = np.sin(3 * x[:, 0]) / 9 - x[:, 0] * np.sin(3.0) / 9
    assert g @ (w * f) == pytest.approx(solution, abs=1e-12)


def test_more_functions_bring_the_greens_function_nearer() -> None:
    x, w = nodes(150)
    errors = []
    for modes in (8, 16, 32):
        s = system(LINE, RICH | {"modes": modes}, points={"eq": 60})
        g = greens_function(s, s.theta0, "eq", x, x)[0, :, 0, :]
        errors.append(np.sqrt((w[:, None] * w * (g - green_of_the_line(x, x)) ** 2).sum()))
    # The kink at x = y: coefficients fall so that the L² error does as K^(−3/2).
    rates = np.log2(np.array(errors[:-1]) / errors[1:])
    assert rates == pytest.approx([1.5, 1.5], abs=0.25)


def test_the_greens_function_of_a_wide_network() -> None:
    s = system(LINE, {"width": 60, "depth": 1, "bandwidth": 4.0}, points={"eq": 120})
    x, w = nodes(120)
    g = greens_function(s, s.theta0, "eq", x, x)[0, :, 0, :]
    exact = green_of_the_line(x, x)
    error = np.sqrt((w[:, None] * w * (g - exact) ** 2).sum())
    assert error < 5e-3 * np.sqrt((w[:, None] * w * exact**2).sum())


@pytest.mark.parametrize("weights", [{}, {"eq": 2.5, "bc": 7.0}])
def test_weights_of_laws_that_can_all_hold_change_nothing(weights: dict[str, float]) -> None:
    x, _ = nodes(20)
    plain, other = (system(LINE, RICH | {"modes": 12}, weights=w) for w in ({}, weights))
    one, two = (greens_function(s, s.theta0, "eq", x, x) for s in (plain, other))
    assert one == pytest.approx(two, abs=1e-11)


def test_the_law_alone_gives_the_projection_on_its_range() -> None:
    s = system(PLANE, {"width": 4, "depth": 1}, points={"eq": 144, "bc": 12})
    theta = state(s)
    block = s.blocks[0]
    points = block.points
    share = block.map.roots.square().numpy() / len(points)
    # D = ∂_x + 2 ∂_y applied to the Green's function, by values of u: differences of fourth
    # order, which leave 7e-11 of the kernel (2e-8 with four times the step).
    step, kernel = 5e-4, np.zeros((len(points), len(points)))
    for axis, factor in ((0, 1.0), (1, 2.0)):
        for move, weight in ((2, -1), (1, 8), (-1, -8), (-2, 1)):
            at = points.clone()
            at[:, axis] += move * step
            g = greens_function(s, theta, "eq", at, points, laws=("eq",), cutoff=1e-6)
            kernel += factor * weight * g[0, :, 0, :] / (12 * step)
    size = abs(kernel).max()
    assert kernel == pytest.approx(kernel.T, abs=1e-9 * size)
    assert kernel @ (share[:, None] * kernel) == pytest.approx(kernel, abs=1e-8 * size)


def test_what_has_no_greens_function_is_said() -> None:
    s = system(LINE)
    x, _ = nodes(3)
    with pytest.raises(ValueError, match="bc does not hold in the interior"):
        greens_function(s, s.theta0, "bc", x, x)
    with pytest.raises(ValueError, match="eq, whose operator is inverted"):
        greens_function(s, s.theta0, "eq", x, x, laws=("bc",))
    with pytest.raises(ValueError, match="expected labels among eq, bc, got 'nope'"):
        greens_function(s, s.theta0, "eq", x, x, laws=("eq", "nope"))
    s.set_weights({"eq": 0.0})
    with pytest.raises(ValueError, match="weight 0"):
        greens_function(s, s.theta0, "eq", x, x)
