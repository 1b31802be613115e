"""L110: an `exact` that does not satisfy a law.

The known solution is put into each law in symbols, and the residual is evaluated at generic
points of the law's place. It counts as zero below ``TOLERANCE`` times the size that its terms
have there; integrals are taken by quadrature and have a wider tolerance. Laws with a field that
has no `exact` are passed over. A fit is judged by its misfit: noise is no mistake, but a misfit
of more than half the data is reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from sympy.core.function import AppliedUndef

from pdedsl.diagnostics import Diagnostic, Note, Span
from pdedsl.geometry import domain_bounds, domain_region
from pdedsl.ir import (
    DomainIntegral,
    Law,
    NotNumericError,
    Periodicity,
    Problem,
    Substitution,
    TooLargeError,
    bounded_derivative,
    evaluate_with_scale,
    size,
)
from pdedsl.ir.text import expression_text
from pdedsl.sema.draft import Draft

from .place_points import Sample, sample
from .sampling import known_at, with_integrals
from .structure import groups, owner

TOLERANCE = 1e-9
TOLERANCE_OF_INTEGRALS = 1e-6
LARGEST_MISFIT = 0.5
LARGEST = 50_000
SHORT = 60


@dataclass(frozen=True)
class Misfit:
    """How far `exact` is from a fit: root mean square of the residual and of the data."""

    label: str
    rms: float
    data: float


def exact(problem: Problem, draft: Draft) -> Iterator[Diagnostic]:
    """Every law and periodicity that the known solution does not satisfy."""
    if not problem.exact:
        return
    known = Substitution(problem.exact)
    span = draft.exact[0][2]
    for law in problem.laws:
        if law.kind != "fit":
            yield from _law(problem, law, known, span)
    for periodicity in problem.periodicities:
        yield from _periodicity(problem, periodicity, span)
    for misfit in misfits(problem):
        if misfit.rms > LARGEST_MISFIT * misfit.data:
            share = misfit.rms / misfit.data if misfit.data else float("inf")
            message = f"exact misses the data of {misfit.label} by {misfit.rms:.3g} (rms), "
            message += f"{share:.0%} of their own rms"
            note = Note("the exact solution", span)
            yield Diagnostic("L110", message, problem.law(misfit.label).span, None, (note,))


def misfits(problem: Problem) -> list[Misfit]:
    """The rms misfit of `exact` for each fit whose fields and numbers it gives."""
    known = Substitution(problem.exact)
    zero = Substitution((c, sp.S.Zero) for c in problem.components)
    found = []
    for law in problem.laws:
        if law.kind != "fit" or not all(_given(problem, r) for r in law.residuals):
            continue
        at = sample(problem, law.place)
        assert at is not None
        try:
            left = [_evaluated(problem, known(r), at)[0] for r in law.residuals]
            data = [_evaluated(problem, zero(r), at)[0] for r in law.residuals]
        except (NotNumericError, TooLargeError):
            continue
        rms = [float(np.sqrt(np.mean(np.square(v)))) for v in (left, data)]
        found.append(Misfit(law.label, rms[0], rms[1]))
    return found


def _given(problem: Problem, residual: sp.Expr) -> bool:
    """Whether `exact` gives all unknowns of a residual, and no column is away from its points."""
    left = {pair[0] for pair in problem.exact}
    functions = {c.func for c in left if isinstance(c, AppliedUndef)}
    own = {c.func for c in problem.components}
    numbers = {n.symbol for n in problem.numbers}
    used = {a.func for a in residual.atoms(AppliedUndef)} & own
    return used <= functions and residual.free_symbols & numbers <= left


def _law(problem: Problem, law: Law, known: Substitution, span: Span) -> Iterator[Diagnostic]:
    for number, residual in enumerate(law.residuals, start=1):
        if not _given(problem, residual):
            continue
        try:
            put = known(residual)
        except TooLargeError:
            continue
        at = sample(problem, law.place)
        if put == 0 or at is None:
            continue
        # Numbers of the text are exact fractions; decimal ones are of the rules of integrals.
        is_rounded = put.has(DomainIntegral) or bool(residual.atoms(sp.Float))
        tolerance = TOLERANCE_OF_INTEGRALS if is_rounded else TOLERANCE
        worst = _worst(problem, put, at, tolerance)
        if worst is not None:
            component = f", component {number}," if len(law.residuals) > 1 else ":"
            place = f" at {at.where(worst[0])}" if at.shown else ""
            message = f"exact does not satisfy {law.label}{component} "
            message += f"its residual is {worst[1]:.3g}{place}"
            notes = (Note("the exact solution", span), *_remainder(put))
            yield Diagnostic("L110", message, law.span, None, notes)
            return


def _evaluated(
    problem: Problem, put: sp.Expr, at: Sample
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    plain, known = with_integrals(problem, put, dict(at.known), at.count)
    value, scale = evaluate_with_scale(plain, known)
    return (
        np.broadcast_to(np.asarray(value, dtype=float), (at.count,)),
        np.broadcast_to(np.asarray(scale, dtype=float), (at.count,)),
    )


def _worst(
    problem: Problem, put: sp.Expr, at: Sample, tolerance: float
) -> tuple[int, float] | None:
    """Index and size of the largest residual, None where it is zero up to rounding."""
    try:
        value, scale = _evaluated(problem, put, at)
    except NotNumericError:
        return None
    usable = np.isfinite(value) & np.isfinite(scale)
    wrong = usable & (np.abs(value) > tolerance * np.maximum(scale, 1e-30))
    if not wrong.any():
        return None
    size_of = np.where(wrong, np.abs(value), -1.0)
    if tolerance > TOLERANCE and size_of.max() < tolerance:
        return None
    index = int(np.argmax(size_of))
    return index, float(value[index])


def _remainder(put: sp.Expr) -> tuple[Note, ...]:
    """The residual in symbols, where it is short and cheap to bring into order."""
    powers = [p.exp for p in put.atoms(sp.Pow) if p.exp.is_Integer]
    if size(put) > 200 or any(abs(n) > 8 for n in powers) or put.has(DomainIntegral):
        return ()
    texts = [expression_text(e) for e in (sp.factor_terms(sp.expand(put)), put)]
    text = min(texts, key=len)
    return (Note(f"what remains is {text}"),) if len(text) <= SHORT else ()


def _periodicity(problem: Problem, periodicity: Periodicity, span: Span) -> Iterator[Diagnostic]:
    """Value and derivatives below the order of the equation agree at both ends."""
    given = dict(problem.exact)
    axis = periodicity.axis
    for group in groups(problem):
        for component in group.components:
            field = owner(problem, component.func)
            if field.name not in periodicity.fields or component not in given:
                continue
            order = max(1, group.order(component, axis))
            found = _mismatch(problem, periodicity, field.domain, given[component], order)
            if found is not None:
                what = {0: "the value", 1: "the slope"}.get(found[0], f"derivative {found[0]}")
                message = (
                    f"exact is not periodic in {axis}: {what} of {component.func} differs by "
                    f"{found[1]:.3g} between the ends"
                )
                note = Note("the exact solution", span)
                yield Diagnostic("L110", message, periodicity.span, None, (note,))


def _mismatch(
    problem: Problem, periodicity: Periodicity, domain: str | None, value: sp.Expr, order: int
) -> tuple[int, float] | None:
    axis = periodicity.axis
    symbols: tuple[sp.Symbol, ...] = ()
    points = np.zeros((16, 0))
    if domain is not None:
        home = problem.domain(domain)
        symbols, points = home.coordinates, domain_region(problem, home).interior(16)
    lower = domain_bounds(problem, domain)[axis][0]
    ends = (lower, lower + problem.number(periodicity.period))
    known = [known_at(problem, symbols, points, {axis: end}) for end in ends]
    for n in range(order):
        try:
            body = bounded_derivative(value, axis, n, LARGEST)
            (a, s), (b, r) = (evaluate_with_scale(body, k) for k in known)
        except (NotNumericError, TooLargeError):
            return None
        gap = np.abs(np.asarray(a) - b)
        if np.any(gap > TOLERANCE * np.maximum(np.asarray(s) + r, 1e-30)):
            return n, float(np.max(gap))
    return None
