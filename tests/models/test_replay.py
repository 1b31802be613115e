"""Replays against the functions that they repeat."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pdedsl.models import ACTIVATIONS, Axis, Reader, jet_table, model_options
from pdedsl.models.runtime.replay import Arena, RefusedError, Replay
from pdedsl.models.runtime.threads import count, together

F = torch.float64
AXES = (Axis(-1.0, 1.0), Axis(0.0, 2.0, 2.0))
TABLES = {
    "value": jet_table(2, frozenset()),
    "laplacian": jet_table(2, frozenset(), ((((0, 2), 1.0), ((2, 0), 1.0)),)),
    "third": jet_table(2, frozenset({(3, 0), (1, 2)})),
}


def drawn(*shape: int, seed: int = 0, dtype: torch.dtype = F) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=F).to(dtype)


def gradient_of(kind: str, activation: str, table: str) -> tuple[int, Callable[..., list[Tensor]]]:
    """A loss of a jet and its gradients in the parameters and points."""
    spec = model_options({"kind": kind} | {"width": 16, "depth": 2, "activation": activation})
    model = spec.build(AXES, 1)

    def function(theta: Tensor, points: Tensor) -> list[Tensor]:
        theta, points = theta.detach().requires_grad_(), points.detach().requires_grad_()
        jet = model.jet(Reader(theta), points, TABLES[table])
        total = jet.square().sum() + jet[-1].sin().sum()
        return [jet.detach(), total.detach(), *torch.autograd.grad(total, (theta, points))]

    return model.size, function


@settings(max_examples=12, deadline=None, derandomize=True, database=None)
@given(
    kind=st.sampled_from(["residual_mlp", "modified_mlp", "mlp"]),
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    table=st.sampled_from(sorted(TABLES)),
    dtype=st.sampled_from([F, torch.float32]),
    n=st.sampled_from([1, 7, 600]),
)
def test_jets_and_gradients(
    kind: str, activation: str, table: str, dtype: torch.dtype, n: int
) -> None:
    size, function = gradient_of(kind, activation, table)
    first = 0.3 * drawn(size, dtype=dtype), drawn(n, 2, dtype=dtype)
    replay = Replay(function, first, Arena())
    for seed in (0, 1, 2):
        theta = 0.3 * drawn(size, seed=seed, dtype=dtype)
        points = drawn(n, 2, seed=10 + seed, dtype=dtype)
        for got, want in zip(replay(theta, points), function(theta, points), strict=True):
            assert got.dtype == dtype
            tolerance = 1e-12 if dtype == F else 1e-4
            assert (got - want).abs().max() <= tolerance * want.abs().max()


def test_recordings_share_memory_and_stay_right() -> None:
    arena = Arena()
    made = []
    for n, (kind, table) in enumerate([("mlp", "third"), ("mlp", "laplacian"), ("mlp", "value")]):
        size, function = gradient_of(kind, "tanh", table)
        points = drawn(500 + n, 2)
        made.append((function, points, Replay(function, (drawn(size), points), arena)))
        if n == 0:
            alone = arena.bytes
    assert arena.bytes < 1.5 * alone  # the others found most of theirs there
    for seed in (1, 2):
        for function, points, replay in made + made[::-1]:
            theta = drawn(size, seed=seed)
            want = function(theta, points)
            found = [part.clone() for part in replay(theta, points)]
            again = replay(theta, points)
            for one, other, right in zip(found, again, want, strict=True):
                assert torch.equal(one, other)
                assert (one - right).abs().max() <= 1e-12 * right.abs().max()


def test_memory_between_is_used_again() -> None:
    """A chain of a thousand steps needs no more than a few of its tensors."""

    def chain(x: Tensor) -> list[Tensor]:
        for _ in range(1000):
            x = torch.sin(x) + 1
        return [x]

    arena, x = Arena(), drawn(10_000)
    replay = Replay(chain, [x], arena)
    assert arena.bytes < 5 * 80_000
    assert torch.equal(replay(x + 1)[0], chain(x + 1)[0])


class _Cache:
    def __init__(self) -> None:
        self.kept: Tensor | None = None

    def __call__(self, x: Tensor) -> list[Tensor]:
        self.kept = x * 2
        return [self.kept + 1]


OUTSIDE = torch.zeros(3, dtype=F)
REFUSED: dict[str, tuple[Callable[[Tensor], list[Tensor]], str]] = {
    "a number": (lambda x: [x * float(x[0])], "depends on values"),
    "a branch": (lambda x: [x if bool((x > 0).all()) else -x], "depends on values"),
    "a shape": (lambda x: [x[x > 0]], "depends on values"),
    "chance": (lambda x: [x + torch.rand_like(x)], "chance"),
    "writing": (lambda x: [OUTSIDE.add_(x)], "outside"),
    "several": (lambda x: list(torch.linalg.eigh(torch.diag(x))), "several results"),
    "a cache": (_Cache(), "outlives"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_recorded(name: str) -> None:
    function, reason = REFUSED[name]
    arena, x = Arena(), drawn(3)
    with pytest.raises(RefusedError, match=reason):
        Replay(function, [x], arena)
    # What a cache holds is nobody else's, and the arena serves the next.
    kept = (
        function.kept.clone() if isinstance(function, _Cache) and function.kept is not None else 0
    )
    replay = Replay(lambda x: [(x + 1) * 3], [x], arena)
    assert torch.equal(replay(x)[0], (x + 1) * 3)
    if isinstance(function, _Cache):
        assert torch.equal(function.kept, kept)
    assert torch.equal(OUTSIDE, torch.zeros(3, dtype=F))


def test_on_devices_nothing_is_recorded() -> None:
    x = torch.empty(3, device="meta")
    with pytest.raises(RefusedError):
        Replay(lambda x: [x + 1], [x], Arena())


def test_constants_inputs_as_results_and_changed_inputs() -> None:
    offset = drawn(3, seed=5)
    given = drawn(3)
    replay = Replay(lambda x: [x, offset, x.view(3, 1) + offset], [given], Arena())
    given.zero_()
    x = drawn(3, seed=6)
    same, constant, total = replay(x)
    assert torch.equal(same, x) and torch.equal(constant, offset)
    assert torch.equal(total, x.view(3, 1) + offset)


def test_threads_have_torchs_threads_between_them() -> None:
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        assert count() == 2
        seen = together([lambda: (threading.get_ident(), torch.get_num_threads(), count())] * 2)
        assert [own for _, own, _ in seen] == [1, 1]
        assert [most for *_, most in seen] == [1, 1]
        assert torch.get_num_threads() == 2
        fresh: list[int] = []
        other = threading.Thread(target=lambda: fresh.append(torch.get_num_threads()))
        other.start()
        other.join()
        assert fresh == [2]
        with pytest.raises(ZeroDivisionError):
            together([partial(divmod, 1, 0), partial(divmod, 1, 1)])
        assert together([partial(divmod, 7, k) for k in (2, 3)]) == [(3, 1), (2, 1)]
    finally:
        torch.set_num_threads(before)
    assert together([lambda: 5]) == [5]


def test_training_does_not_load_the_compiler_of_torch() -> None:
    """It takes a second, which is the half of many a run."""
    code = (
        "import sys, pdedsl\n"
        "text = 'domain O: x in [0, 1]\\nunknown u(x)\\neq: u_xx = 1\\nbc: u = 0  on boundary\\n'\n"
        "few = (('model.kind', 'mlp'), ('optimizer.iterations', '8'))\n"
        "s = pdedsl.solve(pdedsl.parse(text), 'lm', settings=few)\n"
        "assert s.outcome.iterations > 3\n"
        "print('torch._dynamo' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]
