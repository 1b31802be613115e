r"""Given values that a solution misses even with its estimated error added.

The part of the residual that is left is a norm over all laws, in which one law may hide another. A
value :math:`c\,u = g` on the boundary or at the start, though, is missed by no less than c times
the error of u there. What is left of it after the correction is no error that was found.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from torch import Tensor

from pdedsl.calculus import law_operators
from pdedsl.compiler.lowering.groups import Network, axes_of
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.ir import Problem

from .estimate import Squares


def missed_values(system: ResidualSystem, theta: Tensor, squares: Mapping[str, Squares]) -> float:
    """The largest misfit of given values over the estimated errors of their fields, both rms.

    Args:
        system: the residual of u_h + e at independent points.
        theta: the coefficients of e, shape (P,).
        squares: integrals of e² by component.

    Returns:
        0 where no law gives a value; infinite where values are missed and no error is estimated.
    """
    errors, worst = _errors(system.problem, system.networks, squares), 0.0
    values, residual = dict(_values(system.problem)), system.residual(theta)
    for block in system.blocks:
        own = values.get(block.label, {})
        if not (own and block.map.diagonal and block.map.scale > 0):
            continue
        for k, part in enumerate(block.map.parts):
            if own.get(k):
                rms = float(residual[block.rows][part].norm()) / block.map.scale
                rms /= math.sqrt(block.map.points)
                found = sum(factor * errors[name] for name, factor in own[k])
                worst = max(worst, rms / found if found else math.inf if rms else 0.0)
    return worst


def _errors(
    problem: Problem, networks: tuple[Network, ...], squares: Mapping[str, Squares]
) -> dict[str, float]:
    """Root mean square of e over the box of its arguments, by component."""
    out: dict[str, float] = {}
    for network in networks:
        volume = math.prod(axis.upper - axis.lower for axis in axes_of(problem, network.group))
        for name in network.group.components:
            out[name] = math.sqrt(squares[name].error / volume)
    return out


def _values(problem: Problem) -> Iterator[tuple[str, dict[int, list[tuple[str, float]]]]]:
    """Label of a condition to its rows that are values: components with their factors |c|."""
    names = [component.func.__name__ for component in problem.components]
    for law in law_operators(problem):
        if law.law.kind not in ("bc", "ic") or law.operator is None or not law.linear:
            continue
        rows = {}
        for k, row in enumerate(law.operator.rows):
            terms = [(name, *t) for name, entry in zip(names, row, strict=True) for t in entry]
            factors = [(name, problem.substitute(factor)) for name, _, factor in terms]
            underived = not any(any(alpha) for _, alpha, _ in terms)
            if underived and all(factor.is_number for _, factor in factors):
                rows[k] = [(name, abs(float(factor))) for name, factor in factors]
        yield law.law.label, rows
