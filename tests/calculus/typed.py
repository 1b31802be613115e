"""Operators from the letters of their derivatives, and their types."""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from pdedsl.calculus.operator import LinearOperator
from pdedsl.calculus.types.classify import Classification, classify

X, Y, Z, T = sp.symbols("x y z t", real=True)
LETTERS = {"x": X, "y": Y, "z": Z, "t": T}
BOUNDS = {X: (-1.0, 1.0), Y: (-1.0, 1.0), Z: (-1.0, 1.0), T: (0.0, 1.0)}
Entry = Mapping[str, object]


def operator(coordinates: str, *rows: Entry | tuple[Entry, ...]) -> LinearOperator:
    """Rows of entries such as ``{"xx": 1, "": x**2}``: letters of a derivative to coefficients."""
    matrix = [row if isinstance(row, tuple) else (row,) for row in rows]
    found = [
        [
            {tuple(word.count(c) for c in coordinates): sp.sympify(a) for word, a in entry.items()}
            for entry in row
        ]
        for row in matrix
    ]
    names = [f"u{j}" for j in range(len(matrix[0]))]
    return LinearOperator.of([LETTERS[c] for c in coordinates], names, found)


def typed(coordinates: str, *rows: Entry | tuple[Entry, ...]) -> Classification:
    time = T if "t" in coordinates else None
    return classify(operator(coordinates, *rows), time, BOUNDS)
