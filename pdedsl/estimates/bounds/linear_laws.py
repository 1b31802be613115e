"""Laws as sums of derivatives of the fields with coefficients."""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.calculus import MultiIndex, NonlinearError, NonlocalError, normal_form
from pdedsl.ir import Problem, TooLargeError

from .bound import UnprovedError

Coefficients = Mapping[MultiIndex, sp.Expr]
"""Multi-index in all inputs to the coefficient of this derivative."""


def linear_terms(problem: Problem, residual: sp.Expr) -> tuple[list[Coefficients], sp.Expr]:
    """Coefficients of the derivatives of each component, and what is known.

    Args:
        problem: gives the components, and parameters their values.
        residual: of a law.

    Raises:
        UnprovedError: the residual is not linear in the components.
    """
    try:
        own = problem.substitute(residual)
        found, (known,) = normal_form((own,), problem.components, problem.inputs)
    except NonlinearError as error:
        raise UnprovedError(f"the problem is not linear: {error}") from None
    except (NonlocalError, TooLargeError):
        raise UnprovedError("a law is no differential equation") from None
    if any(e.atoms(AppliedUndef) for e in (known, *(a for _, a in found.terms()))):
        raise UnprovedError("data of a table stand in a law")
    return [dict(entry) for entry in found.rows[0]], known


def constant(coefficient: sp.Expr) -> sp.Expr:
    """The same where it is a number but zero.

    Raises:
        UnprovedError: it depends on something.
    """
    if coefficient.free_symbols or coefficient.atoms(AppliedUndef) or coefficient.is_zero:
        raise UnprovedError(f"the coefficient {coefficient} of a law is not constant")
    return coefficient


def obstacle(problem: Problem) -> str:
    """What rules out every theorem at a first look; empty where nothing does."""
    if problem.division is not None:
        return "the domain is divided"
    if problem.numbers:
        return "numbers are unknown"
    if problem.ranges:
        return "a parameter has a range"
    if len(problem.domains) > 1:
        return "there are several domains"
    if any(law.kind == "fit" for law in problem.laws):
        return "data are fitted"
    return ""
