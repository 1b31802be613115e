"""KFAC: inverses of Kronecker sums, factors against exact blocks, the quadratic model, minima."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pdedsl import api
from pdedsl.compiler.residual.build import build
from pdedsl.linalg.kronecker import Pair, SumInverse, merged
from pdedsl.optimizers.gauss_newton.kfac import Kfac, KfacOptions
from pdedsl.optimizers.gauss_newton.kfac_factors import Curvature
from pdedsl.optimizers.protocol import Ended

from .systems import Small, bad, linear, rosenbrock, shallow, steps_of, vector

SPECS = Path(__file__).parents[2] / "specs"
FIT = """
domain  Omega: (x, y) in [0, 1]^2
unknown u(x, y) in R^2
eq: u = (sin(x), cos(y))
bc: u = (1, x)  on boundary
"""
LINEAR = {"kind": "basis", "family": "legendre", "modes": 4}


def _positive(size, seed):
    drawn = torch.randn(
        size, size, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)
    )
    return drawn @ drawn.T


def _pair(inner, outer, seed):
    return Pair(_positive(inner, seed), _positive(outer, seed + 1))


def _dense(pair):
    return torch.kron(pair.outer, pair.inner)


def _run(system, count, **options):
    optimizer = Kfac(system, KfacOptions(**options), system.theta0)
    return steps_of(optimizer, count), optimizer


def _curvature(system, theta):
    sums = Curvature(system.layers, system.blocks, theta)
    residual = torch.zeros(system.rows, dtype=theta.dtype)
    for block, factors in system.layer_factors(theta, residual):
        sums.add(block, factors)
    return sums.done()


def _poisson(**model):
    problem = api.parse((SPECS / "poisson_2d.pde").read_text(encoding="utf-8"))
    model = {"kind": "mlp", "width": 12, "depth": 2, **model}
    return build(problem, model, {"eq": 200, "bc": 60}, weights={"bc": 100})


@given(st.integers(1, 6), st.integers(1, 5), st.integers(1, 2), st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_the_inverse_of_a_sum_of_products(inner, outer, count, seed):
    pairs = [_pair(inner, outer, seed + 10 * k).damped(0.1) for k in range(count)]
    matrix = torch.randn(outer, inner, dtype=torch.float64)
    found = SumInverse(pairs).times(matrix)
    dense = sum(_dense(p) for p in pairs)
    assert torch.allclose(dense @ found.flatten(), matrix.flatten(), rtol=1e-8, atol=1e-8)


def test_damping_raises_the_product_by_at_least_itself():
    pair = _pair(4, 3, 5)
    more = _dense(pair.damped(0.2)) - _dense(pair) - 0.2 * torch.eye(12).double()
    assert float(torch.linalg.eigvalsh(more)[0]) > -1e-12


def test_merged_pairs_keep_the_partial_traces():
    pairs = [_pair(4, 3, seed) for seed in (1, 5, 9)]
    total = sum(_dense(p) for p in pairs).view(3, 4, 3, 4)
    found = _dense(merged(pairs)).view(3, 4, 3, 4)
    for axes in ("iaib->ab", "aibi->ab"):
        assert torch.allclose(torch.einsum(axes, found), torch.einsum(axes, total), rtol=1e-12)


def test_merging_is_exact_where_one_side_agrees():
    a, b, c = _positive(4, 1), _positive(3, 2), _positive(3, 3)
    found = merged([Pair(a, b), Pair(2 * a, c)])
    assert torch.allclose(_dense(found), torch.kron(b, a) + 2 * torch.kron(c, a), rtol=1e-12)


def test_factors_of_one_linear_layer_are_the_gram_matrix():
    """One channel and constant δ: B ⊗ A is JᵀJ, for the interior and the boundary each."""
    system = build(api.parse(FIT), LINEAR, {"eq": 50, "bc": 24}, weights={"bc": 7})
    curvature = _curvature(system, system.theta0)
    (layer,) = system.layers
    assert (layer.out, layer.bias) == (2, None)
    (pairs,) = curvature.pairs.values()
    assert len(pairs) == 2
    jacobian = system.jacobian(system.theta0)
    for pair, block in zip(pairs, system.blocks, strict=True):
        part = jacobian[block.rows]
        assert torch.allclose(_dense(pair), part.T @ part, rtol=1e-12, atol=1e-12)


def test_a_linear_layer_is_solved_in_one_step():
    system = build(api.parse(FIT), LINEAR, {"eq": 50, "bc": 24}, weights={"bc": 7})
    steps, _ = _run(system, 1, damping=1e-24)
    residual, jacobian = system.residual_and_jacobian(system.theta0)
    best = torch.linalg.lstsq(jacobian, -residual.unsqueeze(1)).solution[:, 0]
    assert torch.allclose(steps[0].theta - system.theta0, best, rtol=1e-8, atol=1e-8)


def test_a_bias_is_the_last_column_of_its_layer():
    """The block of the output layer, whose δ is constant for u = f: exact with its bias."""
    text = FIT.replace("bc: u = (1, x)  on boundary\n", "")
    system = build(api.parse(text), {"kind": "mlp", "width": 5, "depth": 1}, {"eq": 40})
    curvature = _curvature(system, system.theta0)
    layer = system.layers[-1]
    (pair,) = curvature.pairs[layer.weight]
    places = layer.joined(torch.arange(system.parameters).double()).long().flatten()
    part = system.jacobian(system.theta0)[:, places]
    assert torch.allclose(_dense(pair), part.T @ part, rtol=1e-12, atol=1e-14)


def test_traces_of_derivative_layers_are_those_of_the_definition():
    """A and B of a layer with four channels, from δ and Z by nested loops."""
    system = _poisson(width=3)
    curvature = _curvature(system, system.theta0)
    residual = torch.zeros(system.rows, dtype=torch.float64)
    layer = system.layers[1]
    block, factors = next(iter(system.layer_factors(system.theta0, residual)))
    factor = next(f for f in factors if f.column == layer.weight)
    inner, outer = torch.zeros(4, 4).double(), torch.zeros(3, 3).double()
    _, channels, points, _ = factor.delta.shape
    assert channels > 1
    for n, c in itertools.product(range(points), range(channels)):
        z = torch.cat((factor.jet[:, c, n, 0], vector(1.0 if c == 0 else 0.0)))
        inner += torch.outer(z, z) / (points * channels)
        outer += torch.outer(factor.delta[:, c, n, 0], factor.delta[:, c, n, 0])
    assert points == len(block.points)
    pair = curvature.pairs[layer.weight][0]
    assert torch.allclose(pair.inner, inner, rtol=1e-12)
    assert torch.allclose(pair.outer, outer, rtol=1e-12)


def test_unknown_numbers_have_their_own_block():
    problem = api.load(SPECS / "heat_inverse.pde")
    system = build(problem, {"kind": "mlp", "width": 5, "depth": 1}, {"eq": 30, "bc": 10, "ic": 10})
    curvature = _curvature(system, system.theta0)
    numbers = system.parts["numbers"]
    assert curvature.free.tolist() == list(range(numbers.start, numbers.stop))
    part = system.jacobian(system.theta0)[:, numbers]
    assert torch.allclose(curvature.rest, part.T @ part, rtol=1e-12)


def test_step_length_and_momentum_minimise_the_quadratic_model():
    system = _poisson()
    optimizer = Kfac(system, KfacOptions(average=0.0), system.theta0)
    for _ in range(3):
        optimizer.step()
    state = optimizer._evaluate()
    residual, jacobian = system.residual_and_jacobian(optimizer.theta)
    assert torch.allclose(state.gradient, jacobian.T @ residual, rtol=1e-10)
    damping = 1e-3
    step, predicted = optimizer._step_with_momentum(state, damping)
    direction = -state.curvature.solve(state.gradient, damping)
    basis = torch.stack((direction, optimizer._before), dim=1)
    normal = jacobian.T @ jacobian + damping * torch.eye(len(step)).double()
    weights = torch.linalg.solve(basis.T @ normal @ basis, -basis.T @ state.gradient)
    assert torch.allclose(step, basis @ weights, rtol=1e-6, atol=1e-10)
    model = float((residual + jacobian @ step).square().sum())
    assert predicted == pytest.approx(float(residual @ residual) - model, rel=1e-8)


def test_products_without_a_kept_record_are_the_same(monkeypatch):
    first = [s.loss for s in _run(_poisson(), 4)[0]]
    monkeypatch.setattr("pdedsl.optimizers.gauss_newton.layer_record._KEPT", 0)
    assert [s.loss for s in _run(_poisson(), 4)[0]] == pytest.approx(first, rel=1e-6)


def test_parameters_of_no_layer_are_gauss_newton():
    system, matrix, right = linear()
    steps, _ = _run(system, 1, damping=1e-15)
    best = torch.linalg.lstsq(matrix, right.unsqueeze(1)).solution.squeeze(1)
    assert torch.allclose(steps[-1].theta, best, rtol=1e-10)


def test_rosenbrock_to_rounding():
    assert _run(rosenbrock(), 60)[0][-1].loss < 1e-20


def test_an_ill_conditioned_matrix():
    """κ(JᵀJ) = 1e12: the loss falls to what the least damping leaves."""
    generator = torch.Generator().manual_seed(0)
    drawn = torch.linalg.qr(torch.randn(30, 12, dtype=torch.float64, generator=generator))[0]
    matrix = drawn * 10.0 ** torch.linspace(0, -6, 12).double()
    system = Small(lambda t: matrix @ (t - 1), torch.zeros(12).double(), linear=True)
    steps, _ = _run(system, 80, damping=1e-15)
    assert steps[-1].loss < 1e-20 * float(system.loss(system.theta0))


def test_the_loss_never_rises():
    system = shallow()
    losses = [s.loss for s in _run(system, 40)[0]]
    assert all(b <= a for a, b in itertools.pairwise(losses))
    assert losses[-1] < 1e-4


def test_it_ends_where_nothing_is_lower():
    system, _, _ = linear()
    steps, _ = _run(system, 40)
    assert steps[-1].ended in (Ended.STALLED, Ended.MINIMUM)


def test_a_zero_residual_and_a_zero_jacobian_end():
    for system in (
        Small(lambda t: t**2, vector(0.0)),
        Small(lambda t: 0 * t + 1.0, vector(1.0, 2.0)),
    ):
        assert _run(system, 1)[0][0].ended is Ended.MINIMUM


def test_one_parameter_and_more_parameters_than_rows():
    assert _run(Small(lambda t: t**2 - 2, vector(3.0)), 40)[0][-1].loss < 1e-25
    wide = Small(lambda t: t[:1] * t[1:2] + t.sum() - 2, torch.ones(5).double())
    assert _run(wide, 40)[0][-1].loss < 1e-25


def test_no_number_is_passed_on():
    assert all(math.isnan(s.loss) for s in _run(bad(), 2)[0])


def test_single_precision():
    problem = api.parse((SPECS / "poisson_2d.pde").read_text(encoding="utf-8"))
    model = {"kind": "mlp", "width": 30, "depth": 2}
    system = build(problem, model, {"eq": 200, "bc": 60}, weights={"bc": 100}, dtype="float32")
    steps, _ = _run(system, 30)
    assert steps[-1].theta.dtype == torch.float32
    assert steps[-1].loss < 1e-3 * float(system.loss(system.theta0))


def test_poisson():
    system = _poisson(width=30)
    steps, _ = _run(system, 80)
    assert steps[-1].loss < 1e-6 * float(system.loss(system.theta0))
    axis = torch.linspace(0, 1, 21, dtype=torch.float64)
    points = torch.cartesian_prod(axis, axis)
    exact = torch.sin(torch.pi * points).prod(dim=1)
    error = (system.fields(steps[-1].theta, points)["u"] - exact).norm() / exact.norm()
    assert float(error) < 1e-3
