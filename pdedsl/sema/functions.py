"""The scalar functions of the language, by name."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

SCALAR_FUNCTIONS: dict[str, tuple[int, Callable[..., sp.Expr]]] = {
    "sin": (1, sp.sin),
    "cos": (1, sp.cos),
    "tan": (1, sp.tan),
    "asin": (1, sp.asin),
    "acos": (1, sp.acos),
    "atan": (1, sp.atan),
    "atan2": (2, sp.atan2),
    "sinh": (1, sp.sinh),
    "cosh": (1, sp.cosh),
    "tanh": (1, sp.tanh),
    "exp": (1, sp.exp),
    "log": (1, sp.log),
    "sqrt": (1, sp.sqrt),
    "abs": (1, sp.Abs),
    "sign": (1, sp.sign),
    "erf": (1, sp.erf),
    "heaviside": (1, lambda s: sp.Heaviside(s, sp.Rational(1, 2))),
}
"""Name to the number of arguments and sympy's function."""

VARIADIC_FUNCTIONS: dict[str, Callable[..., sp.Expr]] = {"min": sp.Min, "max": sp.Max}
"""Functions of two arguments or more."""
