"""Expressions of the inputs at the nodes of a grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import sympy as sp

from pdedsl.geometry.arrays import Array
from pdedsl.ir import evaluate


@dataclass(frozen=True)
class GridFunction:
    """An expression of the inputs, at points and a time.

    Args:
        expression: of the symbols.
        symbols: of space and, last, of time.
    """

    expression: sp.Expr
    symbols: tuple[sp.Symbol, ...]

    def __call__(self, grid: Sequence[Array], time: float | Array, shape: tuple[int, ...]) -> Array:
        """Values of a shape; what is not finite is told of the windows.

        Args:
            grid: the coordinates, arrays that broadcast to the shape.
            time: a number, or many of a shape that broadcasts to it.
            shape: of the values.

        Raises:
            NotNumericError: the expression has a part without values.
        """
        known = dict(zip(self.symbols, (*grid, time), strict=True))
        return np.broadcast_to(np.asarray(evaluate(self.expression, known), dtype=float), shape)
