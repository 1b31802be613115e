"""Fields that nothing makes other than zero."""

from __future__ import annotations

from functools import lru_cache

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.ir import Law, OnData, Problem

from .coefficients import isolated
from .linearity import is_linear
from .zero import vanishes


@lru_cache(maxsize=8)
def unforced(problem: Problem) -> frozenset[str]:
    """The components of fields that are zero, if the problem has one solution.

    Their laws are linear, hold for zero, and have no other field: what is found of them is error,
    and has no size that it could be compared with.
    """
    label = {c.func: i for i, f in enumerate(problem.fields) for c in f.components}
    rows = [(law, problem.substitute(r)) for law in problem.laws for r in law.residuals]
    members = [{f.func for f in r.atoms(AppliedUndef) if f.func in label} for _, r in rows]
    for own in members:
        joined = {label[f] for f in own}
        label = {f: min(joined) if n in joined else n for f, n in label.items()}
    forced = {
        label[next(iter(own))]
        for (law, residual), own in zip(rows, members, strict=True)
        if own and not _holds_for_zero(problem, law, residual)
    }
    return frozenset(f.__name__ for f, n in label.items() if n not in forced)


def _holds_for_zero(problem: Problem, law: Law, residual: sp.Expr) -> bool:
    if isinstance(law.place, OnData) or not is_linear(problem, law):
        return False
    flat, names = isolated(residual)
    return vanishes(flat.xreplace(dict.fromkeys(names.values(), sp.S.Zero)))
