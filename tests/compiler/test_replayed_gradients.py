"""The loss and its gradient from replays, against residuals and products without them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from pdedsl import parse
from pdedsl.compiler import ResidualSystem
from pdedsl.compiler.evaluation import chunk_sizes as chunks
from pdedsl.compiler.evaluation.chunk_sizes import replayed_points
from pdedsl.compiler.residual import replay

from .problems import poisson
from .test_system import flow, system

MODELS: dict[str, Any] = {
    "mlp": {"width": 9, "depth": 2},
    "modified": {"kind": "modified_mlp", "width": 8, "depth": 2, "activation": "silu"},
    "residual": {"kind": "residual_mlp", "width": 7, "depth": 1, "alpha": 0.4},
    "factorised": {"width": 8, "depth": 2, "rwf": True, "omega": 1.5, "activation": "sin"},
}
FEATURES: dict[str, Any] = {
    "lattice": {"kind": "fourier", "width": 8, "depth": 2, "modes": 2},
    "under gates": {"kind": "modified_mlp", "width": 7, "depth": 2, "features": 5},
    "several scales": {
        "kind": "multiscale_fourier", "width": 6, "depth": 1, "features": 3,
        "bandwidths": (1.0, 3.0), "last_bandwidths": (2.0,),
    },
}  # fmt: skip


@pytest.fixture(params=[1, 2])
def threads(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(chunks, "_PART", 1 << 10)  # small parts have threads, too
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


def start(s: ResidualSystem, seed: int) -> Tensor:
    return s.initial(seed).to(s.dtype) + 0.05


def check(s: ResidualSystem, seed: int, tolerance: float = 1e-12) -> None:
    """L and ∇L = 2 Jᵀ r."""
    theta = start(s, seed)
    r = s.residual(theta)
    loss, slope = s.loss_and_grad(theta)
    want = 2 * s.vjp(theta, r)
    assert slope.dtype == s.dtype
    assert float((slope - want).norm()) <= tolerance * float(want.norm())
    assert float(loss) == pytest.approx(float(r.square().sum()), rel=tolerance)
    assert float(s.loss(theta)) == pytest.approx(float(r.square().sum()), rel=tolerance)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("made", [flow, poisson])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_against_the_residual(made: Any, model: str, dtype: str, threads: int) -> None:
    s = system(made(), model=MODELS[model], dtype=dtype)
    for seed in range(4):
        check(s, seed, 1e-12 if dtype == "float64" else 1e-4)
    assert s.gradient_workers.replays > 0
    assert s.loss_workers.replays > 0


EQUATIONS = {
    "laplacian": "lap(u) = 0",
    "biharmonic": "lap(lap(u)) = 0",
    "third": "u_xxx + u*u_y = 0",
}


@pytest.mark.parametrize("model", [*MODELS, *FEATURES, "one layer"])
@pytest.mark.parametrize("equation", EQUATIONS)
def test_steps_that_give_few_channels_are_recorded(equation: str, model: str) -> None:
    text = "domain Omega: (x, y) in [-1, 2]^2\nunknown u(x, y)\neq: " + EQUATIONS[equation]
    options = (MODELS | FEATURES).get(model, {"width": 9, "depth": 1, "activation": "sin"})
    s = system(parse(text), model=options, points={"eq": 60})
    for seed in range(4):
        check(s, seed, 1e-12)
    theta = start(s, 9)
    with_recording = s.loss_and_grad(theta)[1]
    assert s.gradient_workers.replays > 0
    assert not any(worker.refused for worker in s.gradient_workers.all)
    other = system(parse(text), model=options, points={"eq": 60})
    without = other.loss_and_grad(theta)[1]  # what is seen for the first time is not recorded
    assert other.gradient_workers.replays == 0
    assert float((with_recording - without).norm()) <= 1e-13 * float(without.norm())


@pytest.mark.parametrize("sampling", ["sobol", "gauss"])
def test_what_changes_between_evaluations(sampling: str, threads: int) -> None:
    s = system(flow(), sampling=sampling, points={"eq": 700})
    for seed in range(3):
        check(s, seed)
    known = s.gradient_workers.replays
    s.set_weights({"eq": 0.3})
    check(s, 3)
    s.resample(5)
    check(s, 4)
    assert s.gradient_workers.replays == known  # points and weights are not part of them
    for chunk in (50, 333, None):
        s.chunk = chunk
        for seed in range(3):
            check(s, seed)


def test_modules(threads: int) -> None:
    """Layers with rules are recorded; a module that runs code of its own is not."""

    class Opaque(nn.Module):
        def __init__(self, inner: nn.Module) -> None:
            super().__init__()
            self.inner = inner

        def forward(self, x: Tensor) -> Tensor:
            out: Tensor = self.inner(x)
            return out

    layers = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 1)).double()
    with_rules = system(poisson(), model=layers)
    with pytest.warns(UserWarning, match="no derivative rule"):
        without = system(poisson(), model=Opaque(layers))
    for seed in range(3):
        check(with_rules, seed)
        check(without, seed, 1e-11)
    assert with_rules.gradient_workers.replays > 0
    assert without.gradient_workers.replays == without.loss_workers.replays == 0


@pytest.mark.parametrize("model", FEATURES)
@pytest.mark.parametrize("made", [flow, poisson])
def test_features_at_other_points_of_the_same_number(made: Any, model: str) -> None:
    """What is recorded makes the features of the points, and does not keep those it saw."""
    s = system(made(), model=FEATURES[model], sampling="uniform")
    theta = start(s, 0)
    for seed in (1, 2, 1, 3, 3):
        s.resample(seed)
        other = system(made(), model=FEATURES[model], sampling="uniform")
        other.resample(seed)
        want = other.residual(theta)
        loss, slope = s.loss_and_grad(theta)
        assert float(loss) == pytest.approx(float(want.square().sum()), rel=1e-12)
        assert float(s.loss(theta)) == pytest.approx(float(loss), rel=1e-12)
        wanted_slope = 2 * other.vjp(theta, want)
        assert float((slope - wanted_slope).norm()) <= 1e-12 * float(wanted_slope.norm())
        r, j = s.residual_and_jacobian(theta)
        torch.testing.assert_close(r, want, rtol=1e-12, atol=1e-13)
        assert float((2 * j.T @ r - slope).norm()) <= 1e-12 * float(slope.norm())
    assert s.gradient_workers.replays > 0
    assert s.jacobian_workers.replays > 0


def test_far_more_features_than_neurons_are_remembered() -> None:
    many = {"kind": "fourier", "width": 4, "depth": 1, "features": 40}
    s = system(poisson(), model=many, sampling="uniform")
    for seed in range(3):
        check(s, seed)
        s.resample(seed)
    assert s.gradient_workers.replays == 0


def test_results_are_the_callers_own(threads: int) -> None:
    s = system(flow(), points={"eq": 600})
    theta = start(s, 1)
    first = [s.loss_and_grad(theta) for _ in range(3)]
    copies = [(loss.clone(), slope.clone()) for loss, slope in first]
    by_law = s.gradients_by_law(theta)
    laws = {label: slope.clone() for label, slope in by_law.items()}
    for seed in (2, 3):
        s.loss_and_grad(start(s, seed))
        s.gradients_by_law(start(s, seed))
    for got, kept in zip(first, copies, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(got, kept, strict=True))
        assert all(torch.equal(a, b) for a, b in zip(got, first[0], strict=True))
    assert all(torch.equal(by_law[label], slope) for label, slope in laws.items())
    total = torch.stack(list(by_law.values())).sum(0)
    torch.testing.assert_close(total, first[0][1], rtol=1e-12, atol=1e-13)


def test_in_other_modes(threads: int) -> None:
    s = system(poisson())
    theta = start(s, 1)
    want = [s.loss_and_grad(theta) for _ in range(3)][-1]
    for mode in (torch.no_grad(), torch.inference_mode()):
        with mode:
            got = s.loss_and_grad(theta * 1.0)
        assert all(torch.equal(a, b) for a, b in zip(got, want, strict=True))
    got = s.loss_and_grad(theta.clone().requires_grad_())
    assert torch.equal(got[1], want[1])
    assert not got[1].requires_grad


def test_several_callers_at_the_same_time(threads: int) -> None:
    s = system(flow(), points={"eq": 500})
    thetas = [start(s, seed) for seed in range(4)]
    want = [s.loss_and_grad(theta)[1] for theta in thetas]
    found: dict[int, list[Tensor]] = {k: [] for k in range(len(thetas))}

    def call(k: int) -> None:
        for _ in range(5):
            found[k].append(s.loss_and_grad(thetas[k])[1])

    callers = [threading.Thread(target=call, args=(k,)) for k in found]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    for k, slopes in found.items():
        assert len(slopes) == 5
        for slope in slopes:
            assert float((slope - want[k]).norm()) <= 1e-12 * float(want[k].norm())


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("made", [flow, poisson])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_jacobian_against_rows_one_by_one(
    made: Any, model: str, dtype: str, threads: int
) -> None:
    s = system(made(), model=MODELS[model], dtype=dtype, points={"eq": 300})
    tolerance = 1e-12 if dtype == "float64" else 1e-4
    before: list[tuple[Tensor, Tensor, Tensor]] = []
    for seed in range(4):
        theta = start(s, seed)
        if seed == 3:
            s.set_weights({"eq": 0.6})
        r, j = s.residual_and_jacobian(theta)
        wanted = s.residual(theta)
        assert float((r - wanted).abs().max()) <= tolerance * float(wanted.abs().max())
        for row in (0, 157, s.rows - 1):
            unit = torch.zeros_like(r)
            unit[row] = 1
            want = s.vjp(theta, unit)
            assert float((j[row] - want).abs().max()) <= tolerance * float(j.abs().max())
        w = torch.linspace(-1, 1, s.rows, dtype=s.dtype)
        assert float((j.T @ w - s.vjp(theta, w)).norm()) <= 10 * tolerance * float(j.norm())
        before.append((r, j, j.clone()))
    assert all(torch.equal(j, copy) for _, j, copy in before)  # the callers' own
    assert s.jacobian_workers.replays > 0


def test_the_jacobian_of_what_is_not_recorded(threads: int) -> None:
    """Laws of both kinds of models side by side would share one residual and one Jacobian."""
    s = system(poisson(), model={"kind": "basis", "family": "legendre", "modes": 5})
    for seed in range(3):
        theta = start(s, seed)
        r, j = s.residual_and_jacobian(theta)
        want = s.vjp(theta, r)
        assert float((j.T @ r - want).norm()) <= 1e-12 * float(want.norm())
    assert s.jacobian_workers.replays == 0


def test_too_much_memory_is_not_kept(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "_ARENA", 1 << 16)
    s = system(flow(), points={"eq": 600})
    for seed in range(4):
        check(s, seed)
    assert all(worker.bytes <= 1 << 16 for worker in s.gradient_workers.all)


def test_parts_for_threads() -> None:
    s = system(poisson(), model={"width": 64, "depth": 2})
    plan, like = s.blocks[0].plan, s.theta0

    def part(n: int, threads: int) -> int:
        return replayed_points(plan, s.ansatz, like, n, threads)

    assert part(10, 2) == 10  # not worth a thread
    assert part(1000, 2) == 500
    assert -(-10_000 // part(10_000, 2)) % 2 == 0
    wide = system(poisson(), model={"width": 2000, "depth": 2})
    assert replayed_points(wide.blocks[0].plan, wide.ansatz, like, 1000, 1) >= 256
