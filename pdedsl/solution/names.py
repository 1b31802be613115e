"""Names such as ``u``, ``v[1]`` and ``u_xx`` to the expression that they stand for."""

from __future__ import annotations

import re

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.diagnostics import did_you_mean
from pdedsl.ir import Problem
from pdedsl.sema.names.derivatives import split_derivative

_COMPONENT = re.compile(r"(.+)\[(\d+)\](_.+)?")


def resolve(problem: Problem, name: str) -> tuple[sp.Expr, ...]:
    """One expression for a scalar, one for each component of a vector field.

    The rule is that of the language: first a declared field, else the longest declared field
    followed by coordinates of one letter. A component is ``v[1]``, its derivative ``v[1]_x``.

    Raises:
        ValueError: the name is none of these; the message names what there is.
    """
    name = name.strip()
    found = _find(problem, name)
    if found is None:
        known = [field.name for field in problem.fields]
        known += [c.func.__name__ for f in problem.fields if f.vector for c in f.components]
        hint = did_you_mean(name, known)
        raise ValueError(
            f"{name!r} is neither a field nor a derivative of one; fields: {', '.join(known)}"
            + (f" ({hint})" if hint else "")
        )
    return found


def _find(problem: Problem, name: str) -> tuple[sp.Expr, ...] | None:
    fields = {field.name: field.components for field in problem.fields}
    if name in fields:
        return fields[name]
    single = {c.func.__name__: c for c in problem.components}
    if name in single:
        return (single[name],)
    symbols = {symbol.name: symbol for symbol in problem.inputs}
    match = _COMPONENT.fullmatch(name)
    if match and match[3]:
        return _component_derivative(single, symbols, f"{match[1]}[{match[2]}]", match[3])
    split = split_derivative(name, fields, symbols)
    if split is None:
        return None
    return tuple(sp.diff(c, *(symbols[s] for s in split[1])) for c in fields[split[0]])


def _component_derivative(
    single: dict[str, AppliedUndef], symbols: dict[str, sp.Symbol], name: str, suffix: str
) -> tuple[sp.Expr, ...] | None:
    split = split_derivative("w" + suffix, ["w"], symbols)
    if split is None or name not in single:
        return None
    return (sp.diff(single[name], *(symbols[s] for s in split[1])),)
