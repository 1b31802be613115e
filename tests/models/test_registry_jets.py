"""Jets of every model of the registry against automatic differentiation.

What is differentiated is the jet of order 0 of the same model, its plain values: they are compared
with formulas in the tests of each model, and the derivatives of activations with mpmath in
`test_jets`.

Errors are relative to the largest derivative of the same order at the same points. One that
happens to be small there (odd near a centre of symmetry, or mixed where terms cancel) is a sum of
terms of that size, and has no more digits than these, however it is taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal, get_args, get_origin

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pdedsl.compiler.evaluation.jacobian import Assembly, factors
from pdedsl.models import ACTIVATIONS, MODELS, Axis, MisfitError, Model, Reader, Tape, model_options
from pdedsl.models.jets.jet_table import JetTable, Sum, jet_table
from pdedsl.models.jets.multiindices import MultiIndex, factorial_of

F = torch.float64
ORDER = 4
ELSEWHERE = {"kind", "preconditioner", "analysed"}  # what others make options of
SMALL = {"width": 3, "depth": 2, "harmonics": 2, "features": 4, "scale": 0.7, "omega": 1.3}


@dataclass(frozen=True)
class Case:
    """A model with parameters and points, and the derivatives that are asked for."""

    model: Model
    theta: Tensor
    points: Tensor
    needed: tuple[MultiIndex, ...]
    laplacians: int
    table: JetTable

    def jet(self, theta: Tensor) -> Tensor:
        return self.model.jet(Reader(theta), self.points.to(theta), self.table)


def kinds() -> list[Any]:
    """Every kind with every activation, where it has one, in one to four dimensions."""
    return [
        pytest.param(kind, activation, d, id=f"{kind}-{activation}-{d}")
        for kind, made in MODELS.items()
        for activation in (sorted(ACTIVATIONS) if "activation" in types(kind) else [None])
        for d in range(1, 5)
    ]


def types(kind: str) -> dict[str, Any]:
    """The type of every option that says what the model computes."""
    hints = {name: field.annotation for name, field in MODELS[kind].model_fields.items()}
    return {name: hints[name] for name in hints if name not in ELSEWHERE}


every = pytest.mark.parametrize(("kind", "activation", "d"), kinds())
few = settings(max_examples=2, deadline=None, derandomize=True, database=None)
# The first example of a strategy is its simplest, the first of a list: so the hardest stand first.
flags = st.sampled_from([True, False])


def options_of(data: st.DataObject, kind: str, activation: str | None, d: int) -> dict[str, Any]:
    """Small sizes, and any choice of the options that have few."""
    small = SMALL | {"modes": 2 if d < 3 else 1}
    chosen = {name: value for name, value in small.items() if name in types(kind)}
    if {"harmonics", "features"} <= set(chosen):  # the one stands in the place of the other
        del chosen[data.draw(st.sampled_from(["harmonics", "features"]), label="without")]
    for name, hint in types(kind).items():
        if name == "activation":
            chosen[name] = activation
        elif name == "init":  # one is for sines alone
            starts = [start for start in get_args(hint) if start != "siren" or activation == "sin"]
            chosen[name] = data.draw(st.sampled_from(starts), label=name)
        elif name == "rwf":
            # Factors about 1 leave the parameters below the size that they have without.
            chosen[name] = data.draw(st.sampled_from([{"mean": 0.1, "deviation": 0.1}, False]))
        elif get_origin(hint) is Literal:
            chosen[name] = data.draw(st.sampled_from(get_args(hint)), label=name)
        elif hint is bool:
            chosen[name] = data.draw(flags, label=name)
    return chosen


def built(data: st.DataObject, kind: str, activation: str | None, d: int) -> tuple[Model, Any]:
    circles = data.draw(st.tuples(*[flags] * d), label="periodic")
    axes = [Axis(-1.0, 1.5 + i, 2.5 + i if c else None) for i, c in enumerate(circles)]
    spec = model_options({"kind": kind} | options_of(data, kind, activation, d))
    try:
        return spec.build(tuple(axes), 2), axes
    except MisfitError:  # a basis that has no periodic functions
        return spec.build(tuple(Axis(a.lower, a.upper) for a in axes), 2), axes


def case_of(
    data: st.DataObject, kind: str, activation: str | None, d: int, order: int = ORDER
) -> Case:
    """A case with derivatives up to an order."""
    model, axes = built(data, kind, activation, d)
    generator = torch.Generator().manual_seed(data.draw(st.integers(0, 10**6), label="seed"))
    theta = model.initial(generator)
    # Biases and skip coefficients that start at zero must not hide what they multiply.
    theta = theta + 0.3 * torch.randn(len(theta), dtype=F, generator=generator)
    lower = torch.tensor([a.lower for a in axes], dtype=F)
    length = torch.tensor([a.upper - a.lower for a in axes], dtype=F)
    points = lower + length * torch.rand(2, d, dtype=F, generator=generator)
    laplacians = data.draw(st.sampled_from(range(order // 2, -1, -1)), label="Laplacians")
    merged = power_of_laplacian(d, laplacians)
    free = [a for a in indices(d, order) if not any(below(b, a) for b, _ in merged)]
    needed = data.draw(st.sets(st.sampled_from(free[::-1]), min_size=2, max_size=3), label="needed")
    table = jet_table(d, frozenset(needed), (merged,) if merged else ())
    return Case(model, theta, points, tuple(sorted(needed)), laplacians, table)


def indices(d: int, order: int = ORDER) -> list[MultiIndex]:
    """All up to an order, the lowest first."""
    return sorted((a for a in product(range(order + 1), repeat=d) if sum(a) <= order), key=sum)


def below(one: MultiIndex, other: MultiIndex) -> bool:
    return all(i <= j for i, j in zip(one, other, strict=True))


def power_of_laplacian(d: int, power: int) -> Sum:
    """Nothing, Δ or Δ² as a sum."""
    found: dict[MultiIndex, float] = {}
    for axes in product(range(d), repeat=power) if power else ():
        index = tuple(2 * axes.count(i) for i in range(d))
        found[index] = found.get(index, 0.0) + 1.0
    return tuple(sorted(found.items()))


def along(value: Tensor, points: Tensor, axes: Iterable[int]) -> Tensor:
    """A derivative of values (n,) along axes one after another."""
    for axis in axes:
        if not value.requires_grad:
            return torch.zeros_like(value)
        value = torch.autograd.grad(value.sum(), points, create_graph=True)[0][:, axis]
    return value


def affordable(d: int) -> int:
    """The order up to which every channel is differentiated in the parameters."""
    return ORDER if d < 3 else 3


def laplacian(value: Tensor, points: Tensor) -> Tensor:
    return torch.stack([along(value, points, (i, i)) for i in range(points.shape[1])]).sum(dim=0)


def derivatives(case: Case) -> dict[MultiIndex, Tensor]:
    """All derivatives up to order 4 from one jet without sums, each of shape (n, outputs)."""
    table = jet_table(case.points.shape[1], frozenset(indices(case.points.shape[1])))
    jet = case.model.jet(Reader(case.theta), case.points, table)
    return {a: factorial_of(a) * channel for a, channel in zip(table.indices, jet, strict=True)}


def largest(found: dict[MultiIndex, Tensor], order: int) -> float:
    return max(value.abs().max().item() for a, value in found.items() if sum(a) == order)


@every
@few
@given(data=st.data())
def test_values(kind: str, activation: str | None, d: int, data: st.DataObject) -> None:
    """Derivatives one by one and the Laplacian; its square from three dimensions on as a sum."""
    case = case_of(data, kind, activation, d)
    output = data.draw(st.sampled_from([0, 1]), label="output")
    jet, found = case.jet(case.theta)[..., output], derivatives(case)
    points = case.points.clone().requires_grad_()
    plain = case.model.jet(Reader(case.theta), points, jet_table(d, frozenset()))[0, :, output]
    for index in case.needed:
        want = along(plain, points, [i for i, k in enumerate(index) for _ in range(k)])
        got = factorial_of(index) * jet[case.table.channel(index)]
        scale = largest(found, sum(index))
        assert (got - want).abs().max() <= 1e-12 * scale, index
        assert (found[index][:, output] - want).abs().max() <= 1e-12 * scale, index
    if case.laplacians:
        if case.laplacians == 2 and d > 2:
            terms = [c * found[a][:, output] for a, c in case.table.sums[0]]
            want = torch.stack(terms).sum(dim=0)
        else:
            want = plain
            for _ in range(case.laplacians):
                want = laplacian(want, points)
        scale = largest(found, 2 * case.laplacians)
        assert (jet[-1] - want).abs().max() <= 1e-12 * scale


@every
@few
@given(data=st.data())
def test_jacobians(kind: str, activation: str | None, d: int, data: st.DataObject) -> None:
    """Rows from one reverse pass for each channel and output, with a tape."""
    case = case_of(data, kind, activation, d, affordable(d))
    tape = Tape(case.theta)
    jet = case.model.jet(tape, case.points, case.table)
    results = list(jet.permute(0, 2, 1).flatten(0, 1).unbind(0))
    n, size = len(case.points), case.model.size
    assembly = Assembly(n * len(results), size, case.theta)
    for factor in factors([tape], results, [n * k for k in range(len(results))]):
        assembly.add(factor)
    got = assembly.done().view(len(jet), 2, n, size)
    want = torch.func.jacrev(case.jet)(case.theta).transpose(1, 2)
    for one, other in zip(got, want, strict=True):
        assert (one - other).abs().max() <= 1e-12 * other.abs().max()


@every
@few
@given(data=st.data())
def test_hessians(kind: str, activation: str | None, d: int, data: st.DataObject) -> None:
    """Reverse over reverse, as `hvp` has it, against forward over reverse."""
    case = case_of(data, kind, activation, d, affordable(d))
    generator = torch.Generator().manual_seed(1)
    v = torch.randn(case.theta.shape, dtype=F, generator=generator)
    weights = 1 / case.jet(case.theta).square().sum(dim=(1, 2)).clamp(min=1e-30)

    def loss(theta: Tensor) -> Tensor:
        return weights @ case.jet(theta).square().sum(dim=(1, 2))

    leaf = case.theta.clone().requires_grad_()
    (slope,) = torch.autograd.grad(loss(leaf), leaf, create_graph=True)
    (got,) = torch.autograd.grad(slope @ v, leaf)
    _, want = torch.func.jvp(torch.func.grad(loss), (case.theta,), (v,))
    assert (got - want).abs().max() <= 1e-12 * want.abs().max()


@every
@few
@given(data=st.data())
def test_single_precision(kind: str, activation: str | None, d: int, data: st.DataObject) -> None:
    case = case_of(data, kind, activation, d)
    found = derivatives(case)
    got = case.jet(case.theta.float())
    assert got.dtype == torch.float32
    want = case.jet(case.theta)
    for one, other, row in zip(got, want, case.table.taylor_rows(), strict=True):
        index = next(iter(row))
        scale = largest(found, sum(index)) / (1 if len(row) > 1 else factorial_of(index))
        scale = max(scale, float(other.abs().max()))  # `found` is of one component
        assert (one.double() - other).abs().max() <= 1e-4 * scale
