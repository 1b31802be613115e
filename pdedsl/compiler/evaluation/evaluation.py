"""Evaluation of a plan at points, with or without tapes for the Jacobian."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy as sp
import torch
from torch import Tensor

from pdedsl.compiler.lowering.plan import (
    Column,
    Coordinate,
    Derivative,
    DerivativeSum,
    Integral,
    Normal,
    Number,
    Plan,
)
from pdedsl.compiler.lowering.random_directions import Estimate
from pdedsl.compiler.lowering.torch_code import Code
from pdedsl.models import JetTable, Reader, Tape
from pdedsl.models.jets.differentiation import differentiable
from pdedsl.models.jets.lines import LineModel, jet_along
from pdedsl.models.jets.multiindices import factorial_of

from .ansatz import Ansatz, Inputs
from .point_batch import PointBatch

Jet = tuple[JetTable, list[tuple[Tensor, ...]]]
ReaderAt = Callable[[int, int], Reader]


def evaluate(ansatz: Ansatz, theta: Tensor, plan: Plan, batch: PointBatch) -> list[Tensor]:
    """All results of a plan at points, less their targets, each of shape (n,)."""
    return evaluate_with(
        lambda offset, _: Reader(theta, offset, ansatz.compiled), ansatz, plan, batch
    )


def evaluate_with_tapes(
    ansatz: Ansatz, theta: Tensor, plan: Plan, batch: PointBatch
) -> tuple[list[Tensor], list[Tape]]:
    """As `evaluate`, with the tapes from which the Jacobian follows; θ is a constant."""
    constant, tapes = theta.detach(), list[Tape]()

    def tape(offset: int, nodes: int) -> Tape:
        tapes.append(Tape(constant, offset, nodes, ansatz.compiled))
        return tapes[-1]

    with differentiable():
        return evaluate_with(tape, ansatz, plan, batch), tapes


def evaluate_with(reader: ReaderAt, ansatz: Ansatz, plan: Plan, batch: PointBatch) -> list[Tensor]:
    """As `evaluate`, with readers of θ from a first index on, for a number of nodes to a row."""
    numbers: list[Tensor] = []
    if ansatz.numbers:
        raw = reader(ansatz.numbers_at, 1).spread(0, len(ansatz.numbers), len(batch))
        numbers = [b.value(s) for b, s in zip(ansatz.numbers, raw.unbind(1), strict=True)]
    results = _Evaluation(reader, ansatz).run(plan, batch, numbers, 1)
    if not batch.targets:
        return results
    return [r - t for r, t in zip(results, batch.targets, strict=True)]


@dataclass(frozen=True)
class _Evaluation:
    """Evaluates plans, integrands among them."""

    reader: ReaderAt
    ansatz: Ansatz

    def run(self, plan: Plan, batch: PointBatch, numbers: list[Tensor], nodes: int) -> list[Tensor]:
        estimates = dict(plan.estimates)
        jets = {site: self._jet(plan, k, batch, nodes) for k, (site, _) in enumerate(plan.sites)}
        values: list[Tensor] = []
        for _, item in plan.inputs:
            if isinstance(item, Coordinate):
                values.append(batch.points[:, item.column])
            elif isinstance(item, Normal):
                assert batch.normals is not None
                values.append(batch.normals[:, item.axis])
            elif isinstance(item, Column):
                values.append(batch.columns[item])
            elif isinstance(item, Number):
                values.append(numbers[item.position])
            elif isinstance(item, Integral):
                values.append(self._integral(item, batch, numbers))
            else:
                values.append(_read(jets[item.site], item, estimates.get(item.site)))
        return plan.code.at(values, batch.points)

    def _jet(self, plan: Plan, number: int, batch: PointBatch, nodes: int) -> Jet:
        """The jet at a site of the plan, by its number."""
        (site, table), code = plan.sites[number], plan.site_code[number]
        estimate = dict(plan.estimates).get(site)
        network = self.ansatz.networks[site.group]
        at = arguments_at(site.arguments, code, self.ansatz.inputs, batch.points)
        reader = self.reader(network.offset, nodes)
        if estimate is None:
            jet = network.model.jet(reader, at, table)
        else:
            lines = estimate.lines(batch.draws[site], at)
            assert isinstance(network.model, LineModel)
            jet = jet_along(network.model, reader, at, lines, table)
        return table, [channel.unbind(-1) for channel in jet.unbind(0)]

    def _integral(self, item: Integral, batch: PointBatch, numbers: list[Tensor]) -> Tensor:
        rule, where = self.ansatz.rules[item.domain]
        n, q = len(batch), len(rule.weights)
        like = batch.points
        nodes = torch.as_tensor(rule.nodes, dtype=like.dtype, device=like.device)
        weights = torch.as_tensor(rule.weights, dtype=like.dtype, device=like.device)
        points = like.repeat_interleave(q, dim=0)
        points[:, list(where)] = nodes.repeat(n, 1)
        spread = [value.repeat_interleave(q) for value in numbers]
        inner = self.run(item.integrand, PointBatch(points), spread, q)
        return inner[0].view(n, q) @ weights


def _read(jet: Jet, item: Derivative | DerivativeSum, estimate: Estimate | None) -> Tensor:
    table, channels = jet
    if isinstance(item, DerivativeSum):
        terms = item.terms if estimate is None else table.sums[0]
        return channels[table.sum_channel(terms)][item.output]
    index = item.index if estimate is None else estimate.index(item.index)
    value = channels[table.channel(index)][item.output]
    factor = factorial_of(item.index)
    return value if factor == 1 else factor * value


def arguments_at(
    arguments: tuple[sp.Expr, ...], code: Code | None, inputs: Inputs, points: Tensor
) -> Tensor:
    """Values of the arguments of a field at points (n, inputs), shape (n, arguments).

    Without code, see `planner.arguments_code`, they are inputs and constants.
    """
    if arguments == inputs:
        return points
    if code is not None:
        return torch.stack(code.at(points.unbind(1), points), dim=1)
    columns = [
        points[:, inputs.index(a)] if a in inputs else torch.full_like(points[:, 0], float(a))
        for a in arguments
    ]
    return torch.stack(columns, dim=1)
