"""The residual system against automatic differentiation of a network written out plainly."""

from __future__ import annotations

import math

import pytest
import sympy as sp
import torch
from torch import Tensor
from torch.func import grad, jacrev, vmap

from pdedsl.compiler import ResidualSystem, build
from pdedsl.ir import (
    Boundary,
    DomainIntegral,
    Global,
    Interior,
    Periodicity,
    Problem,
    Slice,
    normal,  # fmt: skip,
)

from .problems import (
    SPAN,
    box,
    faces,
    field,
    interval,
    law,
    number,
    poisson,
    problem,
    t,
    x,
    y,  # fmt: skip,
)

F = torch.float64
SMALL = {"width": 5, "depth": 2, "init": "normal", "scale": 0.6}
SQUARE = box((0, 1), (0, 1))


def flow(*more: object) -> Problem:
    """A problem with vectors, time, unknown numbers, integrals, normals, a site and a slice."""
    region = box((-1, 2), (0, 1))
    velocity, pressure = field("v", x, y, t, size=2), field("p", x, y, t)
    v1, v2 = velocity.components
    (p,) = pressure.components
    nu, mu = (number(n, g, lo, hi) for n, g, lo, hi in
              [("nu", 0.3, 0, None), ("lambda", 0.5, 0, 2)])  # fmt: skip
    lap = [c.diff(x, 2) + c.diff(y, 2) for c in (v1, v2)]
    advect = [v1 * c.diff(x) + v2 * c.diff(y) for c in (v1, v2)]
    whole = Boundary("Omega", faces((x, y), region))
    slip = normal(1) * v1 + normal(2) * v2
    laws = (
        law("eq", "momentum", Interior("Omega"), *(
            c.diff(t) + mu.symbol * a + p.diff(s) - nu.symbol * d
            for c, a, d, s in zip((v1, v2), advect, lap, (x, y), strict=True)
        )),
        law("eq", "mass", Interior("Omega"), v1.diff(x) + v2.diff(y)),
        law("bc", "wall", whole, slip, normal(1) * v2.diff(x) + normal(2) * v2.diff(y)),
        law("bc", "loop", Boundary("Omega", faces((x, y), region)[:1]),
            v1.subs(x, -1) - v1.subs(x, 2), sp.Subs(p.diff(x), (x,), (2,))),
        law("ic", "ic", Slice("Omega", ((t, sp.S.Zero),)), v1 - sp.sin(x), v2 - p**2),
        law("eq", "gauge", Global(),
            DomainIntegral.of(p + nu.symbol * v1 * x, "Omega", (x, y)) - t),
    )  # fmt: skip
    return problem(
        coordinates=(x, y), region=region, time=interval(t, 0, 3), numbers=(nu, mu),
        fields=(velocity, pressure), laws=laws,
    )  # fmt: skip


def system(made: Problem | None = None, **options: object) -> ResidualSystem:
    settings = {"points": {"eq": 9, "bc": 16, "ic": 6}, "model": SMALL} | options
    return build(made or flow(), **settings)  # type: ignore[arg-type]


def differentiable(s: ResidualSystem):
    """r as a function that torch.func may transform, by the code path without tapes."""
    from pdedsl.compiler.evaluation.evaluation import evaluate

    def r(theta: Tensor) -> Tensor:
        values = [(b, evaluate(s.ansatz, theta, b.plan, b.data)) for b in s.blocks]
        return torch.cat([row for b, own in values for row in b.map.apply(own)])

    return r


CASES = {"flow": flow, "poisson": poisson}


@pytest.mark.parametrize("case", CASES)
def test_the_jacobian_and_its_products(case: str) -> None:
    s = system(CASES[case]())
    theta = s.initial(3) + 0.05
    r, j = s.residual_and_jacobian(theta)
    assert j.shape == (s.rows, s.parameters)
    want = jacrev(differentiable(s))(theta)
    close = {"rtol": 1e-11, "atol": 1e-12 * want.abs().max().item()}
    torch.testing.assert_close(j, want, **close)
    torch.testing.assert_close(r, s.residual(theta), rtol=1e-13, atol=1e-14)
    generator = torch.Generator().manual_seed(0)
    v = torch.randn(s.parameters, dtype=F, generator=generator)
    w = torch.randn(s.rows, dtype=F, generator=generator)
    torch.testing.assert_close(s.jvp(theta, v), j @ v, **close)
    torch.testing.assert_close(s.vjp(theta, w), j.T @ w, **close)
    close["atol"] *= want.abs().max().item() * 10
    torch.testing.assert_close(s.gram(theta), j.T @ j, **close)
    torch.testing.assert_close(s.kernel(theta), j @ j.T, **close)
    loss, slope = s.loss_and_grad(theta)
    torch.testing.assert_close(loss, r @ r)
    torch.testing.assert_close(slope, 2 * j.T @ r, **close)
    torch.testing.assert_close(s.loss(theta), r @ r)
    torch.testing.assert_close(s.losses(torch.stack([theta, 0 * theta]))[0], r @ r)


def test_poisson_against_nested_differentiation() -> None:
    s = system(poisson())
    theta = s.theta0
    layers = s.ansatz.networks[0].model.layers

    def u(theta: Tensor, at: Tensor) -> Tensor:
        h = 2 * at - 1
        for k, layer in enumerate(layers):
            w = theta[layer.weight : layer.bias].view(layer.out, layer.width)
            h = w @ h + theta[layer.bias : layer.bias + layer.out]
            h = torch.tanh(h) if k < len(layers) - 1 else h
        return h[0]

    def inside(theta: Tensor, at: Tensor) -> Tensor:
        second = jacrev(grad(u, argnums=1), argnums=1)(theta, at)
        source = 2 * math.pi**2 * torch.sin(math.pi * at[0]) * torch.sin(math.pi * at[1])
        return second.trace() + source

    for block, f in zip(s.blocks, (inside, u), strict=True):
        want = block.map.scale * vmap(f, (None, 0))(theta, block.points)
        torch.testing.assert_close(s.residual(theta)[block.rows], want, rtol=1e-12, atol=1e-13)
        rows = block.map.scale * vmap(grad(f), (None, 0))(theta, block.points)
        torch.testing.assert_close(s.jacobian(theta)[block.rows], rows, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("chunk", [1, 7, 600])
def test_chunks_change_nothing(chunk: int) -> None:
    s, small = system(), system()
    small.chunk = chunk
    theta = s.theta0
    tight = {"rtol": 1e-12, "atol": 1e-12}
    for name in ("residual", "jacobian", "gram", "kernel", "loss"):
        torch.testing.assert_close(getattr(small, name)(theta), getattr(s, name)(theta), **tight)
    for one, two in zip(small.loss_and_grad(theta), s.loss_and_grad(theta), strict=True):
        torch.testing.assert_close(one, two, **tight)
    v, w = torch.ones(s.parameters, dtype=F), torch.ones(s.rows, dtype=F)
    torch.testing.assert_close(small.jvp(theta, v), s.jvp(theta, v), **tight)
    torch.testing.assert_close(small.vjp(theta, w), s.vjp(theta, w), **tight)


def test_the_same_seed_gives_the_same_system() -> None:
    one, two = system(seed=4), system(seed=4)
    assert one.code() == two.code()
    assert torch.equal(one.theta0, two.theta0)
    assert torch.equal(one.jacobian(one.theta0), two.jacobian(two.theta0))
    other = system(seed=5)
    assert not torch.equal(one.theta0, other.theta0)
    assert not torch.equal(one.blocks[0].points, other.blocks[0].points)


def test_resampling() -> None:
    s = system()
    before = {k: p.clone() for k, p in s.points_by_law.items()}
    s.resample(11)
    for label, points in s.points_by_law.items():
        free = label != "gauge" or points.shape[0] > 1
        assert points.shape == before[label].shape
        assert torch.equal(points, before[label]) is not free
    s.resample(0)
    assert all(torch.equal(p, before[k]) for k, p in s.points_by_law.items())


def test_weights_scale_their_rows() -> None:
    s = system()
    theta = s.theta0
    r, by_law = s.residual(theta), s.losses_by_law(theta)
    s.set_weights({"bc": 4.0, "loop": 9.0, "mass": 0.0})
    factors = {"wall": 2.0, "loop": 3.0, "mass": 0.0}
    for block in s.blocks:
        factor = factors.get(block.label, 1.0)
        torch.testing.assert_close(s.residual(theta)[block.rows], factor * r[block.rows])
    assert s.losses_by_law(theta) == pytest.approx(by_law)
    s.resample(1)
    assert [b.weight for b in s.blocks] == [1.0, 0.0, 4.0, 9.0, 1.0, 1.0]
    assert system(weights={"eq": 0.25, "mass": 2.0}).blocks[1].weight == 2.0


def test_the_loss_is_the_sum_of_mean_squares() -> None:
    s = system(weights={"momentum": 0.3})
    rms = s.losses_by_law(s.theta0)
    want = sum(b.weight * rms[b.label] ** 2 for b in s.blocks)
    assert float(s.loss(s.theta0)) == pytest.approx(want, rel=1e-13)


def test_unknown_numbers_keep_their_bounds() -> None:
    s = system()
    assert s.numbers(s.theta0) == pytest.approx({"nu": 0.3, "lambda": 0.5}, rel=1e-12)
    for raw in (-400.0, -3.0, 0.0, 25.0, 400.0):
        theta = s.theta0.clone()
        theta[-2:] = raw
        values = s.numbers(theta)
        assert 0 <= values["nu"] < math.inf
        assert 0 <= values["lambda"] <= 2
        assert torch.isfinite(s.jacobian(theta)).all()
    theta[-2:] = torch.tensor([25.0, 0.0], dtype=F)
    assert s.numbers(theta) == pytest.approx({"nu": 25 + math.log1p(math.exp(-25)), "lambda": 1.0})


@pytest.mark.parametrize(("low", "high"), [(None, None), (1, None), (None, 4), (1, 4), (2, 4)])
def test_first_guesses(low: float | None, high: float | None) -> None:
    k = number("k", 2, low, high)
    u = field("u", x)
    p = problem(
        coordinates=(x,), region=box((0, 1)), fields=(u,), numbers=(k,),
        laws=(law("eq", "eq", Interior("Omega"), u.components[0] - k.symbol),),
    )  # fmt: skip
    s = build(p, SMALL)
    assert s.numbers(s.theta0)["k"] == pytest.approx(2.0, abs=2e-5)
    assert s.jacobian(s.theta0)[:, -1].abs().min() > 0


@pytest.mark.parametrize(("low", "high"), [(0, None), (None, 1), (0, 1)])
def test_a_first_guess_near_a_bound_is_kept(low: float | None, high: float | None) -> None:
    guess = 1e-9 if low is not None else 1 - 1e-9
    k = number("k", guess, low, high)
    u = field("u", x)
    p = problem(
        coordinates=(x,), region=box((0, 1)), fields=(u,), numbers=(k,),
        laws=(law("eq", "eq", Interior("Omega"), u.components[0] - k.symbol),),
    )  # fmt: skip
    s = build(p, SMALL)
    assert s.numbers(s.theta0)["k"] == pytest.approx(guess, rel=1e-9, abs=0)


def test_float32_follows_float64() -> None:
    high, low = system(), system(dtype="float32")
    theta = high.theta0
    j = low.jacobian(theta.float())
    assert j.dtype == torch.float32
    scale = high.jacobian(theta).abs().max()
    assert (j.double() - high.jacobian(theta)).abs().max() < 1e-4 * scale
    assert low.kernel(theta.float()).dtype == torch.float32
    assert low.jvp(theta.float(), theta.float()).dtype == torch.float32


def test_an_ordinary_differential_equation() -> None:
    u, v = field("u", t, domain=None), field("v", t, domain=None)
    (a,), (b,) = u.components, v.components
    p = problem(
        time=interval(t, 0, 5), fields=(u, v),
        laws=(law("eq", "eq", Interior(None), a.diff(t, 2) + sp.sin(b), b.diff(t) - a),
              law("ic", "ic", Slice(None, ((t, sp.S.Zero),)), a - 1, a.diff(t))),
    )  # fmt: skip
    s = build(p, SMALL, points={"eq": 20})
    assert s.rows == 42
    assert s.blocks[1].points.tolist() == [[0.0]]
    torch.testing.assert_close(s.jacobian(s.theta0), jacrev(differentiable(s))(s.theta0))


def test_a_parameter_with_a_range_is_an_input() -> None:
    k = sp.Symbol("k", real=True)
    u = field("u", x, k)
    (w,) = u.components
    p = problem(
        coordinates=(x,), region=box((0, 1)), ranges=(interval(k, 2, 6),), fields=(u,),
        laws=(law("eq", "eq", Interior("Omega"), w.diff(x, 2) + k**2 * w),
              law("bc", "bc", Boundary("Omega", faces((x,), box((0, 1)))), w - k)),
    )  # fmt: skip
    s = build(p, SMALL, points={"eq": 64, "bc": 20})
    points = s.blocks[0].points
    assert points[:, 1].min() < 2.2
    assert points[:, 1].max() > 5.8
    values = s.fields(s.theta0, points)["u"]
    second = s.derivative(s.theta0, w.diff(x, 2), points)
    want = s.blocks[0].map.scale * (second + points[:, 1] ** 2 * values)
    torch.testing.assert_close(s.residual(s.theta0)[s.blocks[0].rows], want)
    assert s.blocks[1].points[:, 1].max() > 5


def test_periodic_fields_have_equal_sides() -> None:
    u = field("u", x, t)
    p = problem(
        coordinates=(x,), region=box((0, 3)), time=interval(t, 0, 1), fields=(u,),
        laws=(law("eq", "eq", Interior("Omega"), u.components[0].diff(t)),),
        periodicities=(Periodicity("bc", ("u",), x, sp.Integer(3), SPAN),),
    )  # fmt: skip
    s = build(p, SMALL)
    left = torch.tensor([[0.0, 0.2], [0.0, 0.9]], dtype=F)
    right = left + torch.tensor([3.0, 0.0], dtype=F)
    for order in range(4):
        e = u.components[0].diff(x, order) if order else u.components[0]
        one, two = (s.derivative(s.theta0, e, at) for at in (left, right))
        torch.testing.assert_close(one, two, rtol=1e-11, atol=1e-11)
        assert one.abs().min() > 1e-6


def test_fields_of_different_arguments_have_networks_of_their_own() -> None:
    u, f = field("u", x, y), field("f", x)
    (w,), (g,) = u.components, f.components
    p = problem(
        coordinates=(x, y), region=SQUARE, fields=(u, f),
        laws=(law("eq", "eq", Interior("Omega"), w.diff(y) - g * g.diff(x)),),
    )  # fmt: skip
    s = build(p, SMALL, points={"eq": 8})
    assert len(s.ansatz.networks) == 2
    torch.testing.assert_close(s.jacobian(s.theta0), jacrev(differentiable(s))(s.theta0))
    points = torch.tensor([[0.3, 0.1], [0.3, 0.9]], dtype=F)
    values = s.fields(s.theta0, points)
    assert values["f"][0] == values["f"][1]
    assert values["u"][0] != values["u"][1]


def test_derivatives_in_inference_mode():
    made = system(points={"eq": 900, "bc": 60, "ic": 60})
    want = made.jacobian(made.theta0), *made.loss_and_grad(made.theta0)
    with torch.inference_mode():
        inside = made.theta0 * 1.0
        assert inside.is_inference()
        one = made.jacobian(inside), *made.loss_and_grad(inside)
    other = made.jacobian(inside), *made.loss_and_grad(inside)
    for got in (one, other):
        for a, b in zip(got, want, strict=True):
            assert torch.equal(a, b)


def test_results_stay_what_they_are():
    """Memory is used again, but not that of results that someone still has."""
    made = system(points={"eq": 900, "bc": 60, "ic": 60})
    first = made.jacobian(made.theta0)
    copy, part = first.clone(), made.gram(made.theta0)[3:]
    kept = part.clone()
    for scale in (0.5, 2.0, 3.0):
        made.jacobian(scale * made.theta0)
        made.gram(scale * made.theta0)
    assert torch.equal(first, copy)
    assert torch.equal(part, kept)


@pytest.mark.parametrize("model", [{"width": 5, "depth": 1}, {"kind": "basis", "modes": 3}])
@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_derivatives_do_not_depend_on_the_mode_of_the_caller(model: object, mode: object) -> None:
    s = system(poisson(), model=model)
    theta = s.theta0 + 0.1
    want, slope = s.jacobian(theta), s.loss_and_grad(theta)[1]
    with mode():
        found = s.jacobian(theta), s.gram(theta), s.loss_and_grad(theta)[1]
    for value, other in zip(found, (want, want.T @ want, slope), strict=True):
        torch.testing.assert_close(value, other, rtol=1e-11, atol=1e-12)
