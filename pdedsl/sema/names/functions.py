"""The scalar functions of the language, by name."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from pdedsl import ir
from pdedsl.ir import special

SCALAR_FUNCTIONS: dict[str, tuple[int, Callable[..., sp.Expr]]] = {
    **{
        name: (1, getattr(sp, name))
        for name in "sin cos tan asin acos atan sinh cosh tanh exp log sqrt sign erf".split()
    },
    "atan2": (2, sp.atan2),
    "abs": (1, sp.Abs),
    "heaviside": (1, lambda s: sp.Heaviside(s, sp.Rational(1, 2))),
}
"""Name to the number of arguments and sympy's function."""

SPECIAL_FUNCTIONS: dict[str, Callable[..., sp.Expr]] = {**ir.SPECIAL_FUNCTIONS, "mod": special.mod}
"""Functions whose names are no reserved words: `gamma` and `E1` are parameters of many files."""

ARGUMENTS = {"mod": "a, b"} | {name: kind.signature for name, kind in ir.SPECIAL_FUNCTIONS.items()}
"""Names of the arguments of these, for messages; all but the last of all but mod are constants."""

VARIADIC_FUNCTIONS: dict[str, Callable[..., sp.Expr]] = {"min": sp.Min, "max": sp.Max}
"""Functions of two arguments or more."""
