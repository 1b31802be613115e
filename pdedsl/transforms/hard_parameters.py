r"""Which parameters make a problem hard, and at which end of their values it is easy.

With the sizes of the coefficients of an equation, for fields of ±1 and inputs of 1, in three
groups, T of the derivatives in time alone, S of the highest derivatives among the others, R of
the rest, a parameter p makes the equation harder where it raises

- :math:`R/S`, if S has derivatives of order 2 or more and R is not empty: the highest derivative
  becomes a small perturbation, as a viscosity in front of convection;
- :math:`(S + R)/T` otherwise: the solution moves through more of its course in the same time, as a
  speed or a rate of reaction.

Where no parameter does either, those in the argument of a function of the inputs among the known
terms count, such as C in sin(C x): the solution has more waves with larger values of them.

This orders the ends of one parameter, by what convection–diffusion and transport have in common
(Krishnapriyan, Gholami, Zhe, Kirby and Mahoney, NeurIPS 2021, section 4); it is no measure of
hardness, and does not compare two parameters.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.ir import DomainIntegral, Parameter, Problem

_CHANGED = 1e-9  # relative change of a ratio that is more than rounding
_OPAQUE = (AppliedUndef, sp.Subs, sp.Derivative, DomainIntegral)
_PATTERNS = 8  # of signs
_OWN_VALUE = 1.0
_DOUBLED = 2.0

End = Literal["small", "large"]


@dataclass(frozen=True)
class HardParameter:
    """A parameter with its easy end.

    Args:
        name: of the parameter.
        easy: whether small or large values of it, in magnitude, are easy.
        why: what it does in the equations, in words.
    """

    name: str
    easy: End
    why: str


def hard_parameters(problem: Problem) -> tuple[HardParameter, ...]:
    """The parameters that make a problem hard, in the order of the spec; see the module.

    Parameters that are zero, or whose ends are easy in one equation and hard in another, do not
    count.
    """
    parameters = [p for p in problem.parameters if p.value != 0.0]
    in_equations = [found for p in parameters if (found := _in_equations(problem, p))]
    if in_equations:
        return tuple(in_equations)
    return tuple(found for p in parameters if (found := _in_known_terms(problem, p)))


def hard_parameter(problem: Problem, name: str) -> HardParameter | None:
    """What one parameter does, in the equations or else in the known terms; None for nothing."""
    found = (p for p in problem.parameters if p.symbol.name == name and p.value != 0.0)
    return next((_in_equations(problem, p) or _in_known_terms(problem, p) for p in found), None)


def _in_equations(problem: Problem, parameter: Parameter) -> HardParameter | None:
    found: dict[End, str] = {}
    for law in problem.laws:
        if law.kind != "eq":
            continue
        for residual in law.residuals:
            if residual.has(parameter.symbol):
                found.update(_effect(problem, residual, parameter))
    if len(found) != 1:
        return None
    ((easy, why),) = found.items()
    return HardParameter(parameter.symbol.name, easy, why)


def _effect(problem: Problem, residual: sp.Expr, parameter: Parameter) -> dict[End, str]:
    """The easy end of a parameter in one equation, with its reason; empty where it has none."""
    own = [_sizes(problem, residual, parameter, factor) for factor in (_OWN_VALUE, _DOUBLED)]
    time, top, rest = zip(*(_grouped(problem, sizes) for sizes in own), strict=True)
    order = max((_space_order(problem, node) for node in own[0]), default=0)
    if order > 1 and min(*rest, *top) > 0.0:
        change = (rest[1] / top[1]) / (rest[0] / top[0])
        if abs(change - 1.0) > _CHANGED:
            weighs = "smaller" if change > 1.0 else "larger"
            why = f"the highest derivatives are {weighs}, beside the other terms, for larger values"
            return {"small" if change > 1.0 else "large": why}
    if min(time) > 0.0 and top[0] + rest[0] > 0.0:
        change = ((top[1] + rest[1]) / time[1]) / ((top[0] + rest[0]) / time[0])
        if abs(change - 1.0) > _CHANGED:
            pace = "faster" if change > 1.0 else "slower"
            why = f"the solution changes {pace} in time for larger values"
            return {"small" if change > 1.0 else "large": why}
    return {}


def _sizes(
    problem: Problem, residual: sp.Expr, parameter: Parameter, factor: float
) -> dict[sp.Expr, float]:
    """Sizes of the coefficients of all fields and derivatives, p being multiplied by a factor."""
    values = dict(problem.parameter_values)
    values[parameter.symbol] = values[parameter.symbol] * factor
    expression = residual.xreplace(values)
    atoms = expression.atoms(sp.Derivative) | set(problem.components)
    nodes = sorted(atoms, key=sp.default_sort_key)
    # Derivatives before the fields in them, which stand for themselves alone then.
    dummies = {node: sp.Dummy(real=True) for node in nodes}
    derivatives = {n: d for n, d in dummies.items() if isinstance(n, sp.Derivative)}
    plain = expression.xreplace(derivatives).xreplace(dummies)
    return {node: _size(sp.diff(plain, dummy)) for node, dummy in dummies.items()}


def _size(coefficient: sp.Expr) -> float:
    """Root mean square of c where fields and derivatives are ±1, so that no terms cancel."""
    opaque = [*sorted(coefficient.atoms(*_OPAQUE, sp.Dummy), key=sp.default_sort_key)]
    total = 0.0
    for pattern in range(_PATTERNS):
        # Walsh functions: products of different ones have the mean 0, up to seven nodes.
        signs = {node: sp.Integer((-1) ** (n & pattern).bit_count())
                 for n, node in enumerate(opaque, start=1)}  # fmt: skip
        plain = coefficient.xreplace(signs)
        total += _absolute(plain.xreplace(dict.fromkeys(plain.free_symbols, sp.S.One))) ** 2
    return math.sqrt(total / _PATTERNS)


def _absolute(number: sp.Expr) -> float:
    try:
        value = abs(complex(number.evalf()))
    except (TypeError, ValueError):
        return 1.0
    return value if value < float("inf") else 1.0


def _grouped(problem: Problem, sizes: Mapping[sp.Expr, float]) -> tuple[float, float, float]:
    """Sums of the sizes in T, S and R of the module docstring."""
    highest = max((_space_order(problem, n) for n, s in sizes.items() if s), default=0)
    sums = [0.0, 0.0, 0.0]
    for node, size in sizes.items():
        group = 0 if _in_time_alone(problem, node) else 1
        if group and _space_order(problem, node) < highest:
            group = 2
        sums[group] += size
    return sums[0], sums[1], sums[2]


def _space_order(problem: Problem, node: sp.Expr) -> int:
    """Order of a derivative that is not in time alone; 0 for others and for a field itself."""
    if not isinstance(node, sp.Derivative) or _in_time_alone(problem, node):
        return 0
    return sum(int(count) for _, count in node.variable_count)


def _in_time_alone(problem: Problem, node: sp.Expr) -> bool:
    if problem.time is None or not isinstance(node, sp.Derivative):
        return False
    return {symbol for symbol, _ in node.variable_count} == {problem.time.symbol}


def _in_known_terms(problem: Problem, parameter: Parameter) -> HardParameter | None:
    terms = (residual for law in problem.laws for residual in law.residuals)
    if any(_waves(arguments, problem, parameter) for arguments in _arguments(terms)):
        why = "the known terms have shorter waves or steeper slopes for larger values"
        return HardParameter(parameter.symbol.name, "small", why)
    return None


def _arguments(terms: Iterable[sp.Expr]) -> Iterator[sp.Expr]:
    """The arguments of all functions that are no fields."""
    for term in terms:
        for node in term.atoms(sp.Function):
            if not isinstance(node, AppliedUndef):
                yield from node.args


def _waves(argument: sp.Expr, problem: Problem, parameter: Parameter) -> bool:
    """Whether a known function's argument varies faster for larger values of the parameter."""
    if argument.has(AppliedUndef):
        return False
    slopes = (sp.diff(argument, symbol) for symbol in problem.inputs)
    return any(
        _slope(slope, problem, parameter, _DOUBLED)
        > _slope(slope, problem, parameter, _OWN_VALUE) * (1.0 + _CHANGED)
        for slope in slopes
        if slope.has(parameter.symbol)
    )


def _slope(slope: sp.Expr, problem: Problem, parameter: Parameter, factor: float) -> float:
    values = dict(problem.parameter_values)
    values[parameter.symbol] = values[parameter.symbol] * factor
    return _size(slope.xreplace(values))
