"""Evaluation of a plan at points, with or without a record for the Jacobian."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp
import torch
from torch import Tensor

from pdedsl.geometry import Rule
from pdedsl.models import JetTable, Reader, Tape
from pdedsl.models.multiindices import factorial_of

from .groups import Network
from .items import Column, Coordinate, Derivative, Integral, Normal, Number, Site
from .numbers import Bounded
from .plan import Plan
from .torch_code import Code

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
    """

    inputs: tuple[sp.Symbol, ...]
    networks: tuple[Network, ...]
    numbers: tuple[Bounded, ...]
    numbers_at: int
    rules: Mapping[str, tuple[Rule, tuple[int, ...]]]

    @property
    def size(self) -> int:
        """Number of parameters, P."""
        return self.numbers_at + len(self.numbers)


@dataclass(frozen=True)
class Rows:
    """Points and what goes with them.

    Args:
        points: shape (n, inputs).
        normals: outward normals, shape (n, dimension), or None away from boundaries.
        columns: values of table columns, shape (n,).
        roots: √ω for the weights ω of a quadrature with mean 1, shape (n,); None where all
            points count alike.
    """

    points: Tensor
    normals: Tensor | None
    columns: Mapping[Column, Tensor]
    roots: Tensor | None = None

    def __len__(self) -> int:
        return len(self.points)

    def part(self, start: int, stop: int) -> Rows:
        """Some of the rows."""
        normals = None if self.normals is None else self.normals[start:stop]
        columns = {c: v[start:stop] for c, v in self.columns.items()}
        roots = None if self.roots is None else self.roots[start:stop]
        return Rows(self.points[start:stop], normals, columns, roots)


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

    def run(self, plan: Plan, rows: Rows) -> list[Tensor]:
        """All results of a plan, each of shape (n,), times the roots of the points' weights."""
        reader = self._reader(self.setting.numbers_at, 1)
        numbers: list[Tensor] = []
        if self.setting.numbers:
            raw = reader.spread(0, len(self.setting.numbers), len(rows))
            numbers = [b.value(s) for b, s in zip(self.setting.numbers, raw.unbind(1), strict=True)]
        results = self._run(plan, rows, numbers, 1)
        return results if rows.roots is None else [rows.roots * r for r in results]

    def _reader(self, offset: int, nodes: int) -> Reader:
        if not self.record:
            return Reader(self.theta, offset)
        self.tapes.append(Tape(self.theta, offset, nodes))
        return self.tapes[-1]

    def _run(self, plan: Plan, rows: Rows, numbers: list[Tensor], nodes: int) -> list[Tensor]:
        jets = {
            site: self._jet(site, table, code, rows.points, nodes)
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
                values.append(_read(jets[item.site], item))
        results = plan.code.function(*values)
        return [_full(r, rows.points) for r in results]

    def _jet(
        self, site: Site, table: JetTable, code: Code | None, points: Tensor, nodes: int
    ) -> Jet:
        network = self.setting.networks[site.group]
        at = arguments_at(site.arguments, code, self.setting.inputs, points)
        jet = network.model.jet(self._reader(network.offset, nodes), at, table)
        return table, [channel.unbind(-1) for channel in jet.unbind(0)]

    def _integral(self, item: Integral, rows: Rows, numbers: list[Tensor]) -> Tensor:
        rule, where = self.setting.rules[item.domain]
        n, q = len(rows), len(rule.weights)
        like = rows.points
        nodes = torch.as_tensor(rule.nodes, dtype=like.dtype, device=like.device)
        weights = torch.as_tensor(rule.weights, dtype=like.dtype, device=like.device)
        points = like.repeat_interleave(q, dim=0)
        points[:, list(where)] = nodes.repeat(n, 1)
        spread = [value.repeat_interleave(q) for value in numbers]
        inner = self._run(item.integrand, Rows(points, None, {}), spread, q)
        return inner[0].view(n, q) @ weights


def _read(jet: Jet, item: Derivative) -> Tensor:
    table, channels = jet
    if item.collapsed:
        return channels[table.sum_channel(item.index)][item.output]
    value = channels[table.channel(item.index)][item.output]
    factor = factorial_of(item.index)  # type: ignore[arg-type]
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
