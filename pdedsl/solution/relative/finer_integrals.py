"""Laws with integrals over intervals, measured with twice the nodes that they were solved with.

A Gauss rule of n nodes is exact for kernels that are smooth, and not for every solution: of sin(s)
on [0, 100] twenty nodes see nothing. What solves the law with n nodes need not solve it with 2 n.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from pdedsl.diagnostics import UserError
from pdedsl.ir import Law, Problem
from pdedsl.sema.integrals.line_integrals import finer_nodes

from .misfit import Misfit

_INTEGRAL = re.compile(r"\bintegral\s*\(.*?\bin\s*\[", re.DOTALL)
_FAR = 10.0  # times the misfit with the nodes of the law, from which these are too few
_ROUNDING = 1e-9  # of the terms of a law: less is what digits leave


class CoarseIntegral(NamedTuple):
    """A law whose integrals are not resolved.

    Attributes:
        label: of the law.
        own: its misfit with its own nodes.
        finer: with twice as many.
    """

    label: str
    own: Misfit
    finer: Misfit


def finer_laws(problem: Problem, solved: Problem) -> dict[str, Law]:
    """By label the laws of a problem that twice the nodes change, with these.

    Args:
        problem: as it was read.
        solved: as it was solved; laws that have been changed for that are left out.
    """
    if problem.rebuild is None or not _INTEGRAL.search(problem.source.whole):
        return {}
    try:
        with finer_nodes():
            again = problem.rebuild(dict(problem.overrides))
    except UserError:  # too large with so many
        return {}
    own = {law.label: law.residuals for law in problem.laws}
    same = {law.label for law in solved.laws if law.residuals == own.get(law.label)}
    return {
        law.label: law
        for law in again.laws
        if law.label in same and law.residuals != own[law.label]
    }


def coarse_integral(
    own: Mapping[str, Misfit], finer: Mapping[str, Misfit]
) -> CoarseIntegral | None:
    """The law that twice the nodes miss by most, if by far more than its own."""
    found = [
        CoarseIntegral(label, own[label], misfit)
        for label, misfit in finer.items()
        if misfit.rms > _FAR * own[label].rms and misfit.relative > _ROUNDING
    ]
    return max(found, key=lambda one: one.finer.relative, default=None)
