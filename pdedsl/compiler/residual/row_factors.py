"""Rows of r(θ) with their factors in the Jacobian, J = S ∂ρ/∂θ."""

from __future__ import annotations

from torch import Tensor

from pdedsl.compiler.evaluation.ansatz import Ansatz
from pdedsl.compiler.evaluation.evaluation import evaluate_with_tapes
from pdedsl.compiler.evaluation.jacobian import Assembly, all_factors, factors
from pdedsl.compiler.evaluation.local_rows import LocalFactor
from pdedsl.linalg.layers import Factor
from pdedsl.models.jets.differentiation import differentiable

from .block import Chunk, Rows


def row_factors(
    ansatz: Ansatz, theta: Tensor, chunk: Chunk
) -> tuple[Rows, list[Factor | LocalFactor]]:
    """The rows of a chunk, see `Chunk.rows`, and the factors of their Jacobian.

    Args:
        ansatz: the models.
        theta: shape (P,).
        chunk: the points; all those of its block where S is a matrix.
    """
    values, tapes = evaluate_with_tapes(ansatz, theta, chunk.block.plan, chunk.batch)
    with differentiable():
        rows = chunk.rows(values)
    found: list[Factor | LocalFactor]
    if chunk.block.map.diagonal:
        found = list(all_factors(tapes, [v for _, v in rows], [row for row, _ in rows]))
    else:
        count = len(chunk.batch)
        assembly = Assembly(len(values) * count, len(theta), theta)
        for factor in factors(tapes, values, [k * count for k in range(len(values))]):
            assembly.add(factor)
        jacobian = chunk.block.map.apply_jacobian(assembly.done())
        found = [Factor(chunk.block.row, 0, jacobian.T, None)]
    return [(row, v.detach()) for row, v in rows], found
