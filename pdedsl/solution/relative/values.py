"""Values of expressions where a law holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp
import torch

from pdedsl.compiler.evaluation.evaluation import evaluate
from pdedsl.compiler.evaluation.point_batch import PointBatch
from pdedsl.compiler.lowering.planner import plan
from pdedsl.geometry.arrays import Array

if TYPE_CHECKING:
    from pdedsl.compiler.residual.block import Block
    from pdedsl.compiler.residual.system import ResidualSystem


def values_at(
    system: ResidualSystem, theta: torch.Tensor, block: Block, expressions: Sequence[sp.Expr]
) -> Array:
    """Values of expressions, with normals and columns, at the points of a law: (expressions, n).

    Raises:
        NotTranslatable: one of them has no numerical form.
    """
    data = block.data
    batch = PointBatch(data.points, data.normals, data.columns)
    return values_of_batch(system, theta, batch, expressions)


def values_of_batch(
    system: ResidualSystem, theta: torch.Tensor, batch: PointBatch, expressions: Sequence[sp.Expr]
) -> Array:
    """The same at any points, with normals where the expressions have them: (expressions, n)."""
    groups = tuple(network.group for network in system.networks)
    made = plan(system.problem, groups, "terms", list(expressions))
    with torch.no_grad():
        found = evaluate(system.ansatz, theta, made, batch)
    return torch.stack(found).cpu().numpy().astype(np.float64)
