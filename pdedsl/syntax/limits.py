"""Bounds on an untrusted file, so that no text hangs or kills the program."""

from __future__ import annotations

from lark import Tree

from pdedsl.diagnostics import Span, reject

MAX_BYTES = 1 << 20
MAX_TOKENS = 20_000
MAX_STATEMENT_TOKENS = 4_000
MAX_BRACKETS = 64
MAX_DEPTH = 100
MAX_DIGITS = 400
MAX_DIAGNOSTICS = 50

_FLAT = frozenset({"args", "group"})


def check_depth(tree: Tree) -> None:
    """Reject a statement whose tree is deeper than `MAX_DEPTH`.

    Brackets are counted before parsing; this bounds what nests without them, such as
    ``- - - x``, ``a^b^c`` and ``f(1)(2)(3)``. It must not recurse itself.

    Raises:
        Rejected: E701, at the node that lies too deep.
    """
    stack = [(tree, 0)]
    while stack:
        node, depth = stack.pop()
        depth += node.data not in _FLAT
        if depth > MAX_DEPTH:
            span = Span(node.meta.start_pos, node.meta.end_pos)
            message = f"this expression is nested more than {MAX_DEPTH} levels deep"
            raise reject("E701", message, span, "name the inner parts with let")
        stack += [(child, depth) for child in node.children if isinstance(child, Tree)]


def check_number(text: str, span: Span) -> None:
    """Reject a literal that is not a number of double precision.

    Raises:
        Rejected: E702, for more than `MAX_DIGITS` digits, and for magnitudes that overflow
            or vanish.
    """
    if sum(char.isdigit() for char in text) > MAX_DIGITS:
        message = f"this number has more than {MAX_DIGITS} digits"
        raise reject("E702", message, span, "write it with fewer digits, such as 1.5e20")
    value = float(text)
    if value == float("inf"):
        raise reject("E702", "this number is too large; the largest is about 1.8e308", span)
    mantissa = text.lower().partition("e")[0]
    if value == 0.0 and mantissa.strip("0."):
        raise reject("E702", "this number is too small; the smallest is about 4.9e-324", span)
