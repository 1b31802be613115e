"""What a method with a weak form adds to a problem, or why it cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from pdedsl.compiler.residual.law_integrals import LawIntegrals
from pdedsl.diagnostics import Diagnostic, UserError, did_you_mean
from pdedsl.ir import Face, Law, Problem, TooLargeError
from pdedsl.models import MisfitError
from pdedsl.models.bases import BasisOptions
from pdedsl.sema.jumps.unseen_fluxes import unseen_fluxes
from pdedsl.transforms.weak.by_parts import NoIntegralFormError
from pdedsl.transforms.weak.natural import imposed
from pdedsl.transforms.weak.weak_form import WeakRow, weak_laws, weak_rows

from .law_matrices import law_integrals
from .options import FormOptions
from .resolution import breaks_of, check_smoothness, functions_along


@dataclass(frozen=True)
class WeakSystem:
    """The equations that are imposed by integrals.

    Args:
        integrals: by label, what `pdedsl.compiler.residual.build` takes.
        unweighted: the weight 0 for boundary laws that these integrals impose.
    """

    integrals: Mapping[str, LawIntegrals] = field(default_factory=dict)
    unweighted: Mapping[str, float] = field(default_factory=dict)


def weak_system(problem: Problem, options: FormOptions, model: object) -> WeakSystem:
    """The integrals of the laws of a problem; none where its form is the strong one.

    Args:
        problem: the problem.
        options: the form.
        model: its options, or a module; a basis has edges and degrees of its own.

    Raises:
        UserError: a law has no integral form (E901).
        MisfitError: the options do not fit the problem or the model.
    """
    if not options.weak:
        return WeakSystem()
    names = problem.dimension_names
    for axis in options.axes:
        if axis not in names:
            mend = did_you_mean(axis, names) or f"the inputs are {', '.join(names)}"
            raise MisfitError(f"form: {axis} is not an input of the problem; {mend}")
    shapes = [domain.name for domain in problem.domains if not domain.is_box]
    if shapes:
        raise MisfitError(
            f"form: test functions stand on elements of a box, and {shapes[0]} is none; "
            "write form.kind = strong"
        )
    laws = weak_laws(problem)
    if not laws:
        _refuse(problem, problem.laws[0], "no equation holds in a domain; write form.kind = strong")
    breaks, needed = breaks_of(problem, model), functions_along(problem, model)
    kinked = isinstance(model, BasisOptions) and breaks and model.smoothness == 0
    if kinked and not options.crosses:
        raise MisfitError(
            "form: the basis can have kinks at its breaks, and no test function crosses them, so "
            "that nothing says how fluxes go on there; write form.across = true"
        )
    if not options.crosses:
        for found in unseen_fluxes(problem):
            raise MisfitError(
                f"form: {found.flux} in {found.law.label} jumps where {found.switch} changes, and "
                "no test function crosses the edges of elements, so that nothing says how it goes "
                "on there; write form.across = true"
            )
    integrals: dict[str, LawIntegrals] = {}
    used: set[tuple[str, int, Face]] = set()
    for law in laws:
        rows = _rows(problem, law, options)
        check_smoothness(problem, rows, model)
        integrals[law.label] = law_integrals(problem, law, rows, options, breaks, needed)
        used |= {(flux.law, flux.row, flux.face) for row in rows for flux in row.fluxes}
    return WeakSystem(integrals, dict.fromkeys(imposed(problem, used), 0.0))


def _rows(problem: Problem, law: Law, options: FormOptions) -> tuple[WeakRow, ...]:
    try:
        return tuple(weak_rows(problem, law, options.parts, options.natural))
    except NoIntegralFormError as jump:
        mend = "write form.parts = 1" if options.parts == 0 else "write it as one divergence"
        mend = mend if problem.division is None else "leave [domain] out"
        _refuse(problem, law, f"{law.label} has no such integral form: {jump} jumps; {mend}")
    except TooLargeError:
        _refuse(problem, law, f"the weak form of {law.label} is too large; write form.parts = 0")


def _refuse(problem: Problem, law: Law, message: str) -> NoReturn:
    raise UserError([Diagnostic("E901", message, law.span)], problem.source)
