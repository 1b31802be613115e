"""Parts of a problem that share no unknown, which are solved one by one and put together.

Such are the modes of an eigenvalue (`pdedsl.ir.with_modes`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sympy as sp
import torch
from sympy.core.function import AppliedUndef
from torch import Tensor

from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.ir import Problem


def independent_parts(problem: Problem) -> tuple[Problem, ...]:
    """The problems that the laws fall apart into, in the order of their first fields."""
    names = {c.func: field.name for field in problem.fields for c in field.components}
    groups = [{field.name} for field in problem.fields]
    for law in problem.laws:
        used = _unknowns(problem, names, law.residuals)
        touched = [group for group in groups if group & used]
        joined = used.union(*touched)
        groups = [group for group in groups if not group & used]
        groups.append(joined)
    if len(groups) < 2:
        return (problem,)
    order = [field.name for field in problem.fields]
    parts = [_part(problem, names, group) for group in groups if group & set(order)]
    return tuple(sorted(parts, key=lambda part: order.index(part.fields[0].name)))


def joint_state(system: ResidualSystem, parts: Sequence[tuple[ResidualSystem, Tensor]]) -> Tensor:
    """The parameters of a system whose parts have theirs, all in bases of the same functions."""
    coefficients: dict[str, Tensor] = {}
    numbers: dict[str, Tensor] = {}
    for part, theta in parts:
        for network in part.networks:
            own = theta[network.offset : network.offset + network.model.size]
            shares = own.chunk(network.model.outputs)
            coefficients |= dict(zip(network.group.components, shares, strict=True))
        raw = theta[part.ansatz.numbers_at :]
        numbers |= {n.name: v for n, v in zip(part.ansatz.numbers, raw, strict=True)}
    rows = [coefficients[name] for n in system.networks for name in n.group.components]
    return torch.cat([*rows, *(numbers[n.name].reshape(1) for n in system.ansatz.numbers)])


def _unknowns(
    problem: Problem, names: dict[object, str], residuals: tuple[sp.Expr, ...]
) -> set[str]:
    """Names of the fields and numbers in some residuals."""
    fields = {names[a.func] for r in residuals for a in r.atoms(AppliedUndef) if a.func in names}
    free = {symbol for r in residuals for symbol in r.free_symbols}
    return fields | {n.symbol.name for n in problem.numbers if n.symbol in free}


def _part(problem: Problem, names: dict[object, str], group: set[str]) -> Problem:
    return replace(
        problem,
        fields=tuple(field for field in problem.fields if field.name in group),
        numbers=tuple(n for n in problem.numbers if n.symbol.name in group),
        laws=tuple(law for law in problem.laws if _unknowns(problem, names, law.residuals) & group),
        periodicities=tuple(p for p in problem.periodicities if set(p.fields) & group),
        exact=(),
        references=(),
        outputs=(),
    )
