"""Sizes of expressions, and of derivatives before they are taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import sympy as sp
from sympy.core.function import AppliedUndef

_WRITTEN = ContextVar("derivatives stay as they are written", default=False)


class TooLargeError(Exception):
    """An expression, or a derivative of one, would be too large to work with."""


def size(expression: sp.Basic) -> int:
    """Number of nodes of the expression written out as a tree."""
    return fold_tree(expression, lambda node, parts: 1 + sum(parts))


def derivative_size(expression: sp.Basic, symbol: sp.Symbol) -> int:
    """Upper estimate of the size of ∂expression/∂symbol by the rules of product and chain.

    A product of n factors gives n products; a function gives its slope times what is inside.
    """
    sizes: dict[sp.Basic, int] = {}
    fold_tree(expression, lambda node, parts: 1 + sum(parts), sizes)

    def grown(node: sp.Basic, parts: list[int]) -> int:
        if not parts:
            return int(node == symbol)
        if node.is_Add:
            return 1 + sum(parts)
        varying = [p for p in parts if p]
        return sum(sizes[node] + p + 4 for p in varying)

    return fold_tree(expression, grown)


def bounded_derivative(expression: sp.Expr, symbol: sp.Symbol, order: int, largest: int) -> sp.Expr:
    """∂^order expression / ∂symbol^order, one order at a time.

    Within `derivatives_as_written` those of products and functions are not worked out.

    Raises:
        TooLargeError: some step would have more than ``largest`` nodes.
    """
    for _ in range(order):
        if derivative_size(expression, symbol) > largest:
            raise TooLargeError
        if _WRITTEN.get() and not _is_jet(expression) and symbol in expression.free_symbols:
            expression = sp.Derivative(expression, symbol)
            continue
        expression = real(sp.diff(expression, symbol))
    return expression


@contextmanager
def derivatives_as_written() -> Iterator[None]:
    """In this context div(a*grad(u)) stays Σ ∂(a ∂u/∂x_i)/∂x_i, whatever a is.

    Worked out, (a u_x)_x is a u_xx away from the jumps of a, which is another law.
    """
    token = _WRITTEN.set(True)
    try:
        yield
    finally:
        _WRITTEN.reset(token)


def _is_jet(expression: sp.Expr) -> bool:
    """Whether this is a field or a derivative of one."""
    inner = expression.expr if isinstance(expression, sp.Derivative) else expression
    return isinstance(inner, AppliedUndef)


def real(expression: sp.Expr) -> sp.Expr:
    """The expression without re, im and conjugate: all is real here.

    sympy knows that of a real function, but not of its derivatives.
    """
    if not expression.has(sp.re, sp.im, sp.conjugate):
        return expression
    return (
        expression.replace(sp.re, lambda a: a)
        .replace(sp.im, lambda a: sp.S.Zero)
        .replace(sp.conjugate, lambda a: a)
        .doit(deep=False)
    )


def fold_tree(
    expression: sp.Basic,
    function: Callable[[sp.Basic, list[int]], int],
    done: dict[sp.Basic, int] | None = None,
) -> int:
    """Value of a function of a node and of its parts' values, without recursion."""
    done = {} if done is None else done
    stack = [expression]
    while stack:
        node = stack[-1]
        todo = [arg for arg in node.args if arg not in done]
        if todo:
            stack.extend(todo)
            continue
        stack.pop()
        done[node] = function(node, [done[arg] for arg in node.args])
    return done[expression]
