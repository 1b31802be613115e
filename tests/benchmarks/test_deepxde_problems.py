"""The problems that are written for DeepXDE are those of the gallery; needs DeepXDE."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import sympy as sp
import torch
from torch import Tensor

import pdedsl
from pdedsl.ir import Interior, Problem
from pdedsl.solution.known import exact_fields
from tests.benchmarks.peers.deepxde_peer import library
from tests.benchmarks.peers.deepxde_problems import PROBLEMS
from tests.benchmarks.peers.deepxde_setup import Peer

from .accuracy_cell import SPECS

pytest.importorskip("deepxde")

# Where no solution is known as a formula: functions that have the start and the ends of the
# spec and do not solve its law. The slope of Allen and Cahn's start jumps by 4 for all times.
_MADE = {
    "burgers": "-sin(pi*x)*(1 + t)",
    "kdv": "cos(pi*x)*(1 + t) + t*sin(2*pi*x)",
    "allen_cahn": "x**2*cos(pi*x) + t*cos(pi*x)",
}
_JUMPS = {"allen_cahn": {1: 16.0}}  # losses of conditions that such a function does not meet
_TORCH = {"sin": torch.sin, "cos": torch.cos, "exp": torch.exp, "sqrt": math.sqrt, "pi": math.pi}
_ROUNDING = 1e-20  # mean squares, of numbers of order 1 to 1e3


def _problem(name: str) -> Problem:
    return pdedsl.load(SPECS / f"{name}.pde")


def _peer(name: str) -> Peer:
    dde = library()
    dde.config.set_default_float("float64")
    dde.config.set_random_seed(0)
    return PROBLEMS[name](dde)


def _torch_function(problem: Problem, expressions: list[sp.Expr]) -> Callable[[Tensor], Tensor]:
    """Expressions of the inputs, as a function of (n, inputs) to (n, outputs)."""
    functions = [
        sp.lambdify(problem.inputs, sp.sympify(e), modules=[_TORCH], dummify=True)
        for e in expressions
    ]

    def values(x: Tensor) -> Tensor:
        columns = list(x.T)
        # Sums with zero, so that a constant has a derivative too.
        return torch.stack([f(*columns) + 0 * x.sum(1) for f in functions], 1)

    return values


def _field(problem: Problem, peer: Peer, name: str) -> Callable[[Tensor], Tensor]:
    exact = {c.func.__name__: e for c, e in exact_fields(problem).items()}
    if name in _MADE:
        symbols = {s.name: s for s in problem.inputs}
        exact = {"u": sp.sympify(_MADE[name], locals=symbols)}
    return _torch_function(problem, [exact[output] for output in peer.outputs])


def _losses(peer: Peer, field: Callable[[Tensor], Tensor]) -> list[float]:
    """Mean squares of laws and conditions at the peer's own points."""
    dde = library()
    dde.grad.clear()
    x = torch.as_tensor(peer.data.train_x).requires_grad_()
    found = peer.data.losses(None, field(x), lambda _, e: e.square().mean(), x, None)
    dde.grad.clear()
    return [float(loss) for loss in found]


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_solution_meets_laws_and_conditions(name: str) -> None:
    problem, peer = _problem(name), _peer(name)
    losses = _losses(peer, _field(problem, peer, name))
    laws = len(losses) - len(peer.data.bcs)
    assert laws > 0
    if name not in _MADE:
        assert max(losses[:laws]) < _ROUNDING
    for number, loss in enumerate(losses[laws:]):
        expected = _JUMPS.get(name, {}).get(number, 0.0)
        assert loss == pytest.approx(expected, abs=_ROUNDING, rel=1e-9), number
    if peer.weights is not None:
        assert len(peer.weights) == len(losses)


@pytest.mark.parametrize("name", PROBLEMS)
def test_transforms_keep_the_conditions(name: str) -> None:
    """What a transform makes hold exactly is what the spec asks for, whatever the network."""
    problem, peer = _problem(name), _peer(name)
    if peer.transform is None:
        return
    assert not peer.data.bcs
    edge = torch.as_tensor(peer.data.geom.random_boundary_points(200))
    found = peer.transform(edge, torch.rand((len(edge), 1), dtype=torch.float64))
    assert torch.allclose(found, _field(problem, peer, name)(edge), atol=1e-13)


@pytest.mark.parametrize("name", PROBLEMS)
def test_laws_are_those_of_the_spec(name: str) -> None:
    """At functions that solve nothing, so that each term counts."""
    dde = library()
    problem, peer = _problem(name), _peer(name)
    some = [
        sp.sin(sum((i + 2) * s for i, s in enumerate(problem.inputs)) / 3 + k)
        + sp.prod([s + k + 1 for s in problem.inputs[:3]]) / 4
        for k in range(len(peer.outputs))
    ]
    outputs = [c for n in peer.outputs for c in problem.components if c.func.__name__ == n]
    laws = [law for law in problem.laws if law.kind == "eq" and isinstance(law.place, Interior)]
    wanted = [
        problem.substitute(r).subs(dict(zip(outputs, some, strict=True))).doit()
        for law in laws
        for r in law.residuals
    ]
    x = torch.rand((50, peer.inputs), dtype=torch.float64).requires_grad_()
    expected = _torch_function(problem, wanted)(x).detach()
    dde.grad.clear()
    found = peer.data.pde(x, _torch_function(problem, some)(x))
    dde.grad.clear()
    parts = list(found) if isinstance(found, list) else [found]
    assert torch.allclose(torch.cat(parts, 1).detach(), expected, rtol=1e-11, atol=1e-11)


@pytest.mark.benchmark
def test_four_seconds_of_training() -> None:
    """It keeps to its time, lowers the error, and both optimizers take part."""
    from .accuracy_cell import run_cell
    from .accuracy_store import Key, version_of

    cell = run_cell(Key("heat_quarter", "deepxde", 4.0, 0, version_of("deepxde")))
    assert cell.status == "budget", cell.reason
    assert cell.total == pytest.approx(4.0, rel=0.1)
    assert cell.error is not None and cell.error < 0.3 * cell.curve[0][1]
    assert "L-BFGS 0" not in cell.why and "Adam 0" not in cell.why
