"""JᵀJ, its trace and JJᵀ from the factors of J, without J."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from torch import Tensor

from pdedsl.compiler.evaluation.jacobian import Assembly
from pdedsl.linalg.layers import Factor
from pdedsl.linalg.symmetric import add_outer, mirrored

# Bytes of J that are there at once.
_PART = 1 << 25


def gram_of(parts: Iterable[list[Factor]], theta: Tensor) -> Tensor:
    """JᵀJ, shape (P, P), from the factors of one chunk of rows after another."""
    out = theta.new_zeros((len(theta), len(theta)))
    for _, rows in rows_of(parts, theta):
        add_outer(out, rows.T)
    return mirrored(out)


def squared_norm_of(parts: Iterable[list[Factor]], theta: Tensor) -> float:
    """‖J‖²_F = tr JᵀJ = tr JJᵀ, from the factors of one chunk of rows after another."""
    return sum(float(rows.square().sum()) for _, rows in rows_of(parts, theta))


def rows_at_once(theta: Tensor) -> int:
    """How many rows of J are a part of it that is not too large."""
    return max(1, _PART // (theta.itemsize * max(1, len(theta))))


def rows_of(parts: Iterable[list[Factor]], theta: Tensor) -> Iterator[tuple[int, Tensor]]:
    """Some rows of J after others, shape (n, P), each time with the first of them."""
    for part in parts:
        for row, count in sorted({(factor.row, factor.rows) for factor in part}):
            assembly = Assembly(count, len(theta), theta, row)
            for factor in part:
                if factor.row == row:
                    assembly.add(factor)
            yield row, assembly.done()


def kernel_of(parts: Iterable[list[Factor]], rows: int, theta: Tensor) -> Tensor:
    """JJᵀ, shape (N, N), some columns of J after others, from the factors of all N rows."""
    every = [factor for part in parts for factor in part]
    out = theta.new_zeros((rows, rows))
    width = max(1, min(len(theta), _PART // (theta.itemsize * max(1, rows))))
    for column in range(0, len(theta), width):
        assembly = Assembly(rows, min(width, len(theta) - column), theta, 0, column)
        for factor in every:
            assembly.add(factor)
        add_outer(out, assembly.done())
    return mirrored(out)
