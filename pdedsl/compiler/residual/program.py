"""Evaluation of a plan at points, with or without a record for the Jacobian."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import sympy as sp
import torch
from torch import Tensor

from pdedsl.compiler.lowering.groups import Network
from pdedsl.compiler.lowering.numbers import Bounded, bounded
from pdedsl.compiler.lowering.plan import (
    Column,
    Coordinate,
    Derivative,
    DerivativeSum,
    Integral,
    Normal,
    Number,
    Plan,
    Site,
)
from pdedsl.compiler.lowering.random_directions import Estimate
from pdedsl.compiler.lowering.torch_code import Code
from pdedsl.geometry import Rule, box_of, integration_rule
from pdedsl.ir import Problem
from pdedsl.models import JetTable, Reader, Tape
from pdedsl.models.jets.lines import LineModel, jet_along
from pdedsl.models.jets.multiindices import factorial_of

Inputs = tuple[sp.Symbol, ...]
Jet = tuple[JetTable, list[tuple[Tensor, ...]]]


@dataclass(frozen=True)
class Setting:
    """What all laws of a system share.

    Args:
        inputs: the inputs of the problem, in order.
        networks: the models.
        numbers: unknown numbers.
        numbers_at: index in θ of the first unknown number.
        rules: quadrature of each domain, and the columns of its coordinates among the inputs.
        compiled: whether the steps of the layers are to be compiled.
    """

    inputs: tuple[sp.Symbol, ...]
    networks: tuple[Network, ...]
    numbers: tuple[Bounded, ...]
    numbers_at: int
    rules: Mapping[str, tuple[Rule, tuple[int, ...]]]
    compiled: bool = False

    @property
    def size(self) -> int:
        """Number of parameters, P."""
        return self.numbers_at + len(self.numbers)


def setting_of(
    problem: Problem,
    networks: tuple[Network, ...],
    plans: Mapping[str, Plan],
    compiled: bool = False,
) -> Setting:
    """What the laws of a problem share, with the rules of the domains that plans integrate over."""
    numbers_at = sum(network.model.size for network in networks)
    names = {i.domain for p in plans.values() for _, i in p.inputs if isinstance(i, Integral)}
    rules = {}
    for name in sorted(names):
        domain = problem.domain(name)
        where = tuple(problem.inputs.index(s) for s in domain.coordinates)
        rules[name] = (integration_rule(box_of(problem, domain)), where)
    numbers = tuple(bounded(problem, number) for number in problem.numbers)
    return Setting(problem.inputs, networks, numbers, numbers_at, rules, compiled)


@dataclass(frozen=True)
class PointBatch:
    """Points and what goes with them.

    Args:
        points: shape (n, inputs).
        normals: outward normals, shape (n, dimension), or None away from boundaries.
        columns: values of table columns, shape (n,).
        draws: for each site with an estimate, what its random directions are made of.
        targets: values that are subtracted from the results, shape (n,) each; empty for none.
    """

    points: Tensor
    normals: Tensor | None
    columns: Mapping[Column, Tensor]
    draws: Mapping[Site, tuple[Tensor, ...]] = field(default_factory=dict)
    targets: tuple[Tensor, ...] = ()

    def __len__(self) -> int:
        return len(self.points)

    def part(self, start: int, stop: int) -> PointBatch:
        """Some of the rows."""
        return self.at(slice(start, stop))

    def at(self, which: slice | Tensor) -> PointBatch:
        """The rows of a slice, or those of the indices."""
        normals = None if self.normals is None else self.normals[which]
        columns = {c: v[which] for c, v in self.columns.items()}
        draws = {s: tuple(d[which] for d in v) for s, v in self.draws.items()}
        targets = tuple(t[which] for t in self.targets)
        return PointBatch(self.points[which], normals, columns, draws, targets)


class Pass:
    """One evaluation with one θ.

    Args:
        setting: models and numbers.
        theta: flat parameters, shape (P,).
        record: keep tapes, for the Jacobian; θ is then a constant.
    """

    def __init__(self, setting: Setting, theta: Tensor, record: bool = False) -> None:
        self.setting = setting
        self.theta = theta.detach() if record else theta
        self.record = record
        self.tapes: list[Tape] = []

    def run(self, plan: Plan, rows: PointBatch) -> list[Tensor]:
        """All results of a plan at points, less their targets, each of shape (n,)."""
        reader = self._reader(self.setting.numbers_at, 1)
        numbers: list[Tensor] = []
        if self.setting.numbers:
            raw = reader.spread(0, len(self.setting.numbers), len(rows))
            numbers = [b.value(s) for b, s in zip(self.setting.numbers, raw.unbind(1), strict=True)]
        results = self._run(plan, rows, numbers, 1)
        if not rows.targets:
            return results
        return [r - t for r, t in zip(results, rows.targets, strict=True)]

    def _reader(self, offset: int, nodes: int) -> Reader:
        if not self.record:
            return Reader(self.theta, offset, self.setting.compiled)
        self.tapes.append(Tape(self.theta, offset, nodes, self.setting.compiled))
        return self.tapes[-1]

    def _run(self, plan: Plan, rows: PointBatch, numbers: list[Tensor], nodes: int) -> list[Tensor]:
        estimates = dict(plan.estimates)
        jets = {
            site: self._jet(site, table, code, rows, nodes, estimates.get(site))
            for (site, table), code in zip(plan.sites, plan.site_code, strict=True)
        }
        values: list[Tensor] = []
        for _, item in plan.inputs:
            if isinstance(item, Coordinate):
                values.append(rows.points[:, item.column])
            elif isinstance(item, Normal):
                assert rows.normals is not None
                values.append(rows.normals[:, item.axis])
            elif isinstance(item, Column):
                values.append(rows.columns[item])
            elif isinstance(item, Number):
                values.append(numbers[item.position])
            elif isinstance(item, Integral):
                values.append(self._integral(item, rows, numbers))
            else:
                values.append(_read(jets[item.site], item, estimates.get(item.site)))
        results = plan.code.function(*values)
        return [_full(r, rows.points) for r in results]

    def _jet(
        self,
        site: Site,
        table: JetTable,
        code: Code | None,
        rows: PointBatch,
        nodes: int,
        estimate: Estimate | None,
    ) -> Jet:
        network = self.setting.networks[site.group]
        at = arguments_at(site.arguments, code, self.setting.inputs, rows.points)
        reader = self._reader(network.offset, nodes)
        if estimate is None:
            jet = network.model.jet(reader, at, table)
        else:
            lines = estimate.lines(rows.draws[site], at)
            assert isinstance(network.model, LineModel)
            jet = jet_along(network.model, reader, at, lines, table)
        return table, [channel.unbind(-1) for channel in jet.unbind(0)]

    def _integral(self, item: Integral, rows: PointBatch, numbers: list[Tensor]) -> Tensor:
        rule, where = self.setting.rules[item.domain]
        n, q = len(rows), len(rule.weights)
        like = rows.points
        nodes = torch.as_tensor(rule.nodes, dtype=like.dtype, device=like.device)
        weights = torch.as_tensor(rule.weights, dtype=like.dtype, device=like.device)
        points = like.repeat_interleave(q, dim=0)
        points[:, list(where)] = nodes.repeat(n, 1)
        spread = [value.repeat_interleave(q) for value in numbers]
        inner = self._run(item.integrand, PointBatch(points, None, {}), spread, q)
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

    Args:
        arguments: inputs, constants, or expressions of inputs.
        code: see `plan.arguments_code`.
        inputs: the inputs of the problem.
        points: shape (n, inputs).
    """
    if arguments == inputs:
        return points
    if code is not None:
        return torch.stack([_full(v, points) for v in code.function(*points.unbind(1))], dim=1)
    columns = [
        points[:, inputs.index(a)] if a in inputs else torch.full_like(points[:, 0], float(a))
        for a in arguments
    ]
    return torch.stack(columns, dim=1)


def _full(value: Tensor | float, like: Tensor) -> Tensor:
    """A result as a tensor of shape (n,)."""
    if not isinstance(value, Tensor):
        value = torch.as_tensor(value, dtype=like.dtype, device=like.device)
    return value.expand(len(like))
