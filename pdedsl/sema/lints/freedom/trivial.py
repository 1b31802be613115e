"""L106: u = 0 satisfies every law, so that a method may find nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.diagnostics import Diagnostic
from pdedsl.geometry import generic_points, place_bounds
from pdedsl.ir import (
    KINKED,
    DomainIntegral,
    Law,
    NotNumericError,
    Problem,
    Substitution,
    evaluate_with_scale,
)
from pdedsl.sema.draft import Draft
from pdedsl.sema.lints.structure import listed

_MANY = 4096  # points at which cases are looked at: one of a thousandth of the volume is met


def trivial(problem: Problem, draft: Draft) -> Iterator[Diagnostic]:
    """All fields zero, put into every law."""
    zero = Substitution((c, sp.S.Zero) for c in problem.components)
    if any(not _vanishes(problem, law, zero(r)) for law in problem.laws for r in law.residuals):
        return
    values = [f"{f.name} = 0" for f in problem.fields]
    message = f"{listed(values)} {'satisfies' if len(values) == 1 else 'satisfy'} every law"
    if problem.numbers:
        message += ", whatever the unknown numbers are"
    yield Diagnostic("L106", message, problem.fields[0].span, _mend(problem))


def _mend(problem: Problem) -> str:
    """A norm where an eigenvalue is sought, which can be typed; else what there is to choose."""
    fields, domains = problem.fields, problem.domains
    if problem.numbers and problem.time is None and len(fields) == 1 and len(domains) == 1:
        name = fields[0].name
        square = f"dot({name}, {name})" if fields[0].vector else f"{name}^2"
        return f"add eq norm: integral({square}, {domains[0].name}) = 1"
    return "add a source, a value that is not zero, or a normalisation"


def _vanishes(problem: Problem, law: Law, residual: sp.Expr) -> bool:
    if residual == 0:
        return True
    residual = problem.substitute(residual)
    if residual == 0:
        return True
    if residual.has(DomainIntegral):
        residual = residual.replace(lambda e: isinstance(e, DomainIntegral), lambda e: e.args[0])
    if residual.atoms(AppliedUndef):
        return False
    symbols = sorted(residual.free_symbols, key=str)
    # A source may be zero at all points but those of a case.
    shares = generic_points(_MANY if residual.has(*KINKED) else 5, len(symbols) + 1)
    bounds = place_bounds(problem, law.place)
    known = {}
    for i, s in enumerate(symbols):
        lower, upper = bounds.get(s, (0.1, 1.1))
        known[s] = lower + (upper - lower) * shares[:, i]
    try:
        value, scale = evaluate_with_scale(residual, known)
    except NotNumericError:
        return False
    if not np.any(scale) and not residual.has(*KINKED):
        return False  # exponentials that are below the least number at these points
    return bool(np.all(np.isfinite(scale) & (np.abs(value) <= 1e-13 * scale)))
