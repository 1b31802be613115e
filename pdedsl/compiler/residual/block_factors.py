"""Factors of the rows of a law in the Jacobian, J = S ∂ρ/∂θ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torch import Tensor

from pdedsl.models import Tape

from .blocks import Block
from .jacobian import Assembly, Factor, factors


def block_factors(
    block: Block, start: int, tapes: Sequence[Tape], values: Sequence[Tensor], theta: Tensor
) -> Iterator[Factor]:
    """The factors of consecutive points of a law.

    Args:
        block: the law; where its map is a matrix, ``values`` are those of all points.
        start: the first point.
        tapes: of the evaluation.
        values: ρ, for each component shape (count,), with its graph.
        theta: shape (P,).
    """
    if block.map.diagonal:
        yield from factors(tapes, block.map.apply(values, start), block.first_rows(start))
        return
    count = len(values[0])
    assembly = Assembly(len(values) * count, len(theta), theta)
    for factor in factors(tapes, values, [k * count for k in range(len(values))]):
        assembly.add(factor)
    yield Factor(block.row, 0, block.map.apply_jacobian(assembly.done()).T, None)
