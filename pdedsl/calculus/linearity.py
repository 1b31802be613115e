"""Whether laws are linear in the unknown functions."""

from __future__ import annotations

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.ir import DomainIntegral, Law, Problem, TooLargeError

from .normal_form import NonlinearError, normal_form


def is_linear(problem: Problem, law: Law) -> bool:
    """Whether a law's residuals are affine in the fields, their derivatives and integrals.

    False as well where derivatives are too large to be worked out.
    """
    try:
        return all(_is_affine(problem.substitute(residual), problem) for residual in law.residuals)
    except TooLargeError:
        return False


def _is_affine(expression: sp.Expr, problem: Problem) -> bool:
    """Whether the expression has a normal form.

    Integrals and values elsewhere, which the normal form does not take, are unknowns of their own.
    """
    own = {c.func for c in problem.components}
    elsewhere = [
        node
        for node in expression.atoms(DomainIntegral, sp.Subs, AppliedUndef)
        if node not in problem.components and any(a.func in own for a in node.atoms(AppliedUndef))
    ]
    elsewhere.sort(key=sp.default_sort_key)
    integrals = [node for node in elsewhere if isinstance(node, DomainIntegral)]
    if not all(_is_affine(integral.integrand, problem) for integral in integrals):
        return False
    names = [f"elsewhere[{i}]" for i in range(len(elsewhere))]
    fresh = [sp.Function(name, real=True)(*problem.inputs) for name in names]
    plain = expression.xreplace(dict(zip(elsewhere, fresh, strict=True)))
    try:
        normal_form([plain], (*problem.components, *fresh), problem.inputs)
    except NonlinearError:
        return False
    return True
