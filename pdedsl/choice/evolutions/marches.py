"""Marches of evolutions on boxes: direct where the operator is a sum along the axes."""

from __future__ import annotations

from collections.abc import Sequence

from pdedsl.ir import Problem

from .nonlinear_form import NonlinearEvolution, nonlinear_evolution
from .nonlinear_march import NonlinearMarch
from .separable_form import NotSeparableError, SeparableEvolution, separable_evolution
from .separable_march import SeparableMarch

Evolution = SeparableEvolution | NonlinearEvolution
AnyMarch = SeparableMarch | NonlinearMarch


def evolution_form(problem: Problem) -> Evolution | None:
    """The problem as a linear evolution along axes, or else as any other; None where it is none."""
    for form_of in (separable_evolution, nonlinear_evolution):
        try:
            return form_of(problem)
        except (NotSeparableError, ValueError):
            continue
    return None


def march_of(
    form: Evolution, modes: Sequence[int], stages: int, tolerance: float = 0.0
) -> AnyMarch:
    """The march of an evolution.

    Args:
        form: the evolution.
        modes: degree, or waves, of each axis.
        stages: of a window.
        tolerance: of Newton's method where that is needed.

    Raises:
        ArithmeticError: an axis has no operator.
    """
    if isinstance(form, SeparableEvolution):
        return SeparableMarch(form, modes, stages)
    return NonlinearMarch(form, modes, stages, tolerance)
