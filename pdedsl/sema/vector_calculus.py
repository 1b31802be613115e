"""grad, div, curl, lap, dot, cross, norm, advect and dn on numbers, vectors and matrices.

All take the values and the space coordinates x_1 … x_d in order. Gradients put the
derivative last: grad(v)[i][j] = ∂v_i/∂x_j, and div of a matrix is taken along its rows, so
that div(grad(v)) = lap(v).
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from pdedsl.ir import as_cases, bounded_derivative, normal

from .values import Value, collapse, describe, is_vector, map_components

LARGEST = 80_000
"""Nodes of a derivative; beyond that `TooLargeError` is raised."""


def diff(value: sp.Expr, symbol: sp.Symbol, order: int = 1) -> sp.Expr:
    """∂^order value / ∂symbol^order of a number, within bounds."""
    return bounded_derivative(as_cases(value), symbol, order, LARGEST)


class ShapeError(Exception):
    """An operation does not fit the shapes; the text says what it needs and what came."""


def grad(value: Value, axes: Sequence[sp.Symbol]) -> Value:
    """Gradient of a number (a vector) or of a vector (a matrix)."""
    if is_vector(value):
        return tuple(grad(item, axes) for item in value)
    return collapse(tuple(diff(value, axis) for axis in axes))


def div(value: Value, axes: Sequence[sp.Symbol]) -> Value:
    """Divergence Σ ∂v_i/∂x_i of a vector; row by row for a matrix."""
    if is_vector(value) and is_vector(value[0]):
        return tuple(div(row, axes) for row in value)
    items = value if is_vector(value) else (value,)
    if len(items) != len(axes):
        raise ShapeError(f"div needs a vector of {len(axes)} components and got {describe(value)}")
    return sp.Add(*(diff(c, axis) for c, axis in zip(items, axes, strict=True)))


def curl(value: Value, axes: Sequence[sp.Symbol]) -> Value:
    """Curl: vector to vector in 3D; vector to number and number to vector in 2D."""
    if len(axes) == 2 and not is_vector(value):
        x, y = axes
        return (diff(value, y), -diff(value, x))
    if not is_vector(value) or len(value) != len(axes) or len(axes) not in (2, 3):
        raise ShapeError(
            "curl needs a vector in two or three dimensions, or a number in two, "
            f"and got {describe(value)} in {len(axes)} dimensions"
        )
    if len(axes) == 2:
        return diff(value[1], axes[0]) - diff(value[0], axes[1])
    x, y, z = axes
    a, b, c = value
    return (diff(c, y) - diff(b, z), diff(a, z) - diff(c, x), diff(b, x) - diff(a, y))


def lap(value: Value, axes: Sequence[sp.Symbol]) -> Value:
    """Laplacian Σ ∂²/∂x_i², component by component."""
    return map_components(lambda c: sp.Add(*(diff(c, axis, 2) for axis in axes)), value)


def dot(left: Value, right: Value) -> Value:
    """Scalar product of vectors; matrix times vector; vector times matrix."""
    if not isinstance(left, tuple) and not isinstance(right, tuple):
        return left * right
    if not isinstance(left, tuple) or not isinstance(right, tuple):
        raise ShapeError(f"dot needs two vectors and got {describe(left)} and {describe(right)}")
    if is_vector(left[0]):
        return tuple(dot(row, right) for row in left)
    if len(left) != len(right):
        raise ShapeError(f"dot of {describe(left)} and {describe(right)}")
    if is_vector(right[0]):
        return tuple(dot(left, column) for column in zip(*right, strict=True))
    return sp.Add(*(a * b for a, b in zip(left, right, strict=True)))


def cross(left: Value, right: Value) -> Value:
    """Vector product in 3D; the number a_1 b_2 − a_2 b_1 in 2D."""
    fits = is_vector(left) and is_vector(right) and len(left) == len(right) in (2, 3)
    if not fits:
        raise ShapeError(
            "cross needs two vectors of two or three components and got "
            f"{describe(left)} and {describe(right)}"
        )
    if len(left) == 2:
        return left[0] * right[1] - left[1] * right[0]
    (a1, a2, a3), (b1, b2, b3) = left, right
    return (a2 * b3 - a3 * b2, a3 * b1 - a1 * b3, a1 * b2 - a2 * b1)


def norm(value: Value) -> Value:
    """Euclidean length of a vector; the absolute value of a number."""
    if is_vector(value) and is_vector(value[0]):
        raise ShapeError(f"norm needs a vector or a number and got {describe(value)}")
    return sp.sqrt(dot(value, value)) if is_vector(value) else sp.Abs(value)


def advect(velocity: Value, value: Value, axes: Sequence[sp.Symbol]) -> Value:
    """(v·∇) of a number or, component by component, of a vector."""
    items = velocity if is_vector(velocity) else (velocity,)
    if len(items) != len(axes):
        raise ShapeError(
            f"advect needs a velocity of {len(axes)} components and got {describe(velocity)}"
        )
    pairs = list(zip(items, axes, strict=True))
    return map_components(lambda c: sp.Add(*(v * diff(c, axis) for v, axis in pairs)), value)


def normal_derivative(value: Value, axes: Sequence[sp.Symbol]) -> Value:
    """∂/∂n = Σ n_i ∂/∂x_i with the outward unit normal n, component by component."""
    return advect(tuple(normal(i + 1) for i in range(len(axes))), value, axes)
