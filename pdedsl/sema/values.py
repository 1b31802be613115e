"""What an expression may denote: a number, a vector, a matrix or a condition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import sympy as sp
from sympy.logic.boolalg import Boolean

Value: TypeAlias = "sp.Expr | tuple | Boolean"


def is_vector(value: Value) -> bool:
    """Whether the value is a vector (of numbers) or a matrix (of vectors)."""
    return isinstance(value, tuple)


def is_condition(value: Value) -> bool:
    """Whether the value is true or false."""
    return isinstance(value, Boolean) and not isinstance(value, sp.Expr)


def components(value: Value) -> tuple[sp.Expr, ...]:
    """The scalar components, row by row for a matrix."""
    if isinstance(value, tuple):
        return tuple(c for item in value for c in components(item))
    return (value,)


def collapse(items: tuple) -> Value:
    """A vector; in one dimension a vector is a number."""
    return items[0] if len(items) == 1 else items


def describe(value: Value) -> str:
    """The shape in words, as messages name it."""
    if is_condition(value):
        return "a condition"
    if not isinstance(value, tuple):
        return "a number"
    if isinstance(value[0], tuple):
        return f"a {len(value)} by {len(value[0])} matrix"
    return f"a vector of {len(value)} components"


def map_components(function: Callable[..., Value], *values: Value) -> Value:
    """Apply a function of numbers to the components of values of one shape, keeping the shape."""
    if isinstance(values[0], tuple):
        return tuple(map_components(function, *items) for items in zip(*values, strict=True))
    return function(*values)


def without_ite(value: Any) -> Any:
    """Write sympy's ITE, which it makes of comparisons of `if(…)`, with and, or and not."""
    return value.replace(sp.ITE, lambda c, a, b: sp.Or(sp.And(c, a), sp.And(sp.Not(c), b)))
