r"""How far each row of a law is from holding, by the size of its own terms.

The loss adds up the squares of all laws: one whose terms are 10⁻⁶ of the others' is not seen in it,
such as :math:`y' = y z` from :math:`y = 10^{-6}` beside z = 1. A row :math:`r = Σ_k T_k` has the
level

.. math:: \frac{\mathrm{rms}\, r}{\mathrm{rms} \max_k |T_k|}.

A row of one term, such as u = 0, has none. Where all terms are rounding the level says nothing.
Rounding of the coefficients moves a row by :math:`ε ‖J_i‖ ‖θ‖` with the row J_i of the Jacobian
and all coefficients θ, as they are found together (Higham, Accuracy and Stability of Numerical
Algorithms, 2002, chapter 20).
"""

from __future__ import annotations

import math
from collections.abc import Container
from dataclasses import replace

import sympy as sp
import torch
from torch import Tensor

from pdedsl.compiler.evaluation.evaluation import evaluate
from pdedsl.compiler.lowering.constants import NotTranslatable
from pdedsl.compiler.lowering.planner import plan
from pdedsl.compiler.residual.block import Block
from pdedsl.compiler.residual.system import ResidualSystem

KINDS = ("eq", "bc", "ic", "fit")
_ROUNDING = 16.0  # times ε ‖J_i‖ ‖θ‖; bases of the gallery that leave only rounding have up to 2.4


def worst_row_level(
    system: ResidualSystem,
    theta: Tensor,
    kinds: Container[str] = KINDS,
    other: Tensor | None = None,
) -> float:
    """The largest level of all rows that are above rounding; 0 where none is.

    Args:
        system: at other points than those of the fit, each law at points of its own.
        theta: the coefficients, shape (P,).
        kinds: of laws that are looked at.
        other: coefficients with which the terms have another size; the smaller one of both counts.
    """
    _, jacobian = system.residual_and_jacobian(theta)
    eps = torch.finfo(theta.dtype).eps
    out = 0.0
    for block in system.blocks:
        if not block.map.diagonal or block.kind not in kinds:
            continue
        count = len(block.data)
        norms = jacobian[block.rows].square().sum(1).view(-1, count).mean(1).sqrt()
        weight = math.sqrt(block.weight / count)
        rounding = _ROUNDING * eps * norms / weight * float(theta.norm())
        try:
            levels = _levels(system, theta, block)
            sizes = levels if other is None else _levels(system, other, block)
        except NotTranslatable:  # a term by itself that has no numbers
            continue
        for (rms, size), (_, own), least in zip(levels, sizes, rounding.tolist(), strict=True):
            if rms > least:
                out = max(out, rms / (min(size, own) or size))
    return out


def _levels(system: ResidualSystem, theta: Tensor, block: Block) -> list[tuple[float, float]]:
    """For each row rms r and rms max |T|; nothing to say is a zero r."""
    problem = system.problem
    rows = [sp.Add.make_args(problem.substitute(r)) for r in problem.law(block.label).residuals]
    groups = tuple(network.group for network in system.networks)
    made = plan(problem, groups, "terms", [term for row in rows for term in row])
    with torch.no_grad():
        values = iter(evaluate(system.ansatz, theta, made, replace(block.data, targets=())))
    out = []
    for row in rows:
        terms = torch.stack([next(values) for _ in row])
        parts = terms.sum(0), terms.abs().amax(0)
        rms, size = (float(part.square().mean().sqrt()) for part in parts)
        out.append((rms if len(row) > 1 else 0.0, size))
    return out
