"""Whether a steady problem has a solution and only one, from two moderate bases of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import sympy as sp

from pdedsl.choice.shapes.shape_method import on_shapes
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.conditioning.discretisation import component_axes, function_count
from pdedsl.diagnostics import UserError
from pdedsl.ir import Problem, TooLargeError
from pdedsl.models import MisfitError
from pdedsl.models.runtime.deadline import DeadlineError

from .evidence import counts_too_many, has_too_many, is_seen
from .null_functions import Spectrum, null_space, spectrum
from .scaled_system import scaled_system
from .shape_space import has_corners_inward
from .trial_space import options_of
from .unreachable import Unreachable, unreachable

_DEGREES = {1: 40, 2: 16, 3: 6}
"""The higher degree, by the number of inputs; no more inputs are looked at. Choices: eigenfunctions
of five half waves are at rounding with them."""
_ON_SHAPES = {2: 22, 3: 9}
"""The same of the total degree on sets that are no boxes."""
_LOWER = 0.7
"""Of the higher degree, the lower one."""
_HIGHER = 1.25
"""Of the higher degree, that which confirms that there is no solution."""
_FUNCTIONS, _MOST_FUNCTIONS = 450, 700
"""Of all components, at most: the singular values of 450 take 0.2 s on one core. The second number
is for the degree that confirms."""


@dataclass(frozen=True, eq=False)
class Solvability:
    """What was found.

    Args:
        spectrum: singular values, the first ``free`` of which belong to null functions.
        free: the number of functions that can be added to a solution.
        unreachable: what no function of moderate degree reaches; None where there is nothing.
        proven: whether no function at all does.
        more: whether more functions are free the higher their degree may be.
    """

    spectrum: Spectrum
    free: int
    unreachable: Unreachable | None
    proven: bool = False
    more: bool = False


def find_solvability(lowered: LoweredProblem) -> Solvability | None:
    """Look for null functions of the laws, and for data that no function reaches.

    Returns:
        None where the problem is none of which two bases tell: an evolution, unless its conditions
        are counted as too many, or an initial-value problem, unknown numbers or data to fit, laws
        that are not linear, more than three inputs, or small singular values that have another
        reason.
    """
    problem = lowered.problem
    # An ordinary equation with conditions at two times is a boundary-value problem.
    evolves = problem.time is not None and bool(problem.domains)
    if not has_functions_alone(problem) or (evolves and not counts_too_many(problem)):
        return None
    try:
        return _find(problem, lowered)
    except (UserError, ValueError, TooLargeError, MisfitError, np.linalg.LinAlgError):
        return None
    except DeadlineError:  # who asked has no time to know it
        return None


def has_functions_alone(problem: Problem) -> bool:
    """Whether functions are all that is unknown, and no data are fitted."""
    fitted = any(law.kind == "fit" for law in problem.laws)
    return not (problem.numbers or problem.division or fitted)


def _find(problem: Problem, lowered: LoweredProblem) -> Solvability | None:
    degrees = _ON_SHAPES if on_shapes(problem) else _DEGREES
    fine_degree = degree_within(problem, degrees.get(len(problem.inputs), 0), _FUNCTIONS)
    coarse_degree = int(_LOWER * fine_degree)
    if coarse_degree < 3:
        return None
    coarse, fine = _spectrum(lowered, coarse_degree), _spectrum(lowered, fine_degree)
    if coarse is None or fine is None or _is_initial_value(problem, fine):
        return None
    found = null_space(coarse, fine)
    if not found.sound:
        return None
    if not found.all:
        return Solvability(fine, found.count, None, more=True)
    # What is left of the data at corners inward is as smooth as a null function.
    if has_corners_inward(problem):
        return Solvability(fine, found.count, None)
    lost = unreachable(problem, coarse, fine, found.count)
    if lost is None or not _lasts(lowered, lost, found.count) or not is_seen(lowered, lost):
        return Solvability(fine, found.count, None)
    proven = found.count > 0 or has_too_many(problem, coarse, fine)
    return Solvability(fine, found.count, lost, proven)


def _lasts(lowered: LoweredProblem, lost: Unreachable, dropped: int) -> bool:
    """Whether the same is out of reach for one more degree."""
    before = lost.spectrum.system.trial.modes
    degree = degree_within(lowered.problem, int(_HIGHER * before), _MOST_FUNCTIONS)
    finer = _spectrum(lowered, degree) if degree > before else lost.spectrum
    return finer is not None and bool(unreachable(lowered.problem, lost.spectrum, finer, dropped))


def degree_within(problem: Problem, most: int, functions: int) -> int:
    """The highest degree up to a bound with at most so many functions."""
    axes = component_axes(problem)
    for degree in range(most, 0, -1):
        if function_count(options_of(problem, degree), axes) <= functions:
            return degree
    return 0


def _spectrum(lowered: LoweredProblem, degree: int) -> Spectrum | None:
    system = scaled_system(lowered, degree)
    return None if system is None else spectrum(system)


def _is_initial_value(problem: Problem, fine: Spectrum) -> bool:
    """Whether an ordinary equation has all conditions at one point, enough for one solution."""
    if problem.periodicities or _conditions(problem) < _order(problem):
        return False
    blocks = [row.block for row in fine.system.blocks if not row.interior]
    if any(block.points.shape[1] != 1 or not block.map.diagonal for block in blocks):
        return False
    return len({float(x) for block in blocks for x in block.points[:, 0]}) == 1


def _conditions(problem: Problem) -> int:
    """Number of scalar conditions."""
    return sum(len(law.residuals) for law in problem.laws if law.kind in ("bc", "ic"))


def _order(problem: Problem) -> int:
    """Orders of the highest derivatives of all components in the equations, together."""
    residuals = [r for law in problem.laws if law.kind == "eq" for r in law.residuals]
    highest = dict.fromkeys(problem.components, 0)
    for node in (node for r in residuals for node in r.atoms(sp.Derivative)):
        if node.expr in highest:
            highest[node.expr] = max(highest[node.expr], int(node.derivative_count))
    return sum(highest.values())
