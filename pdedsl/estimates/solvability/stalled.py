"""Nonlinear laws whose residual has a minimum that functions of higher degree do not lower.

At a minimum of ‖F(u)‖ the residual is orthogonal to the range of the linearised laws F'(u). Where
it is smooth and the same for two degrees, as for the equation of Bratu beyond its fold, there is no
solution near: there may be another far away, so that this is no proof.
"""

from __future__ import annotations

from torch.linalg import LinAlgError

from pdedsl.choice.allowance import Allowance, TrialCosts
from pdedsl.choice.basis.trial import try_basis
from pdedsl.compiler.lowering.lower import LoweredProblem, lower
from pdedsl.diagnostics import UserError
from pdedsl.ir import Problem, TooLargeError
from pdedsl.models import MisfitError

from .null_functions import Spectrum, spectrum
from .scaled_system import scaled_system
from .solvability import degree_within, has_functions_alone
from .unreachable import Unreachable, alike

_DEGREES = {1: (14, 20), 2: (7, 10)}
"""Both degrees, by the number of inputs: smooth minima need no more, and steps cost little. A
choice."""
_FUNCTIONS = 400


def find_stalled(problem: Problem) -> Unreachable | None:
    """What is left at the minimum that steps from u = 0 reach, if it is alike for two degrees.

    Returns:
        None where it is not, where a solution is found, or where the problem has time, more than
        two inputs, unknown numbers or data, or a domain that is no box.
    """
    if problem.time is not None or not has_functions_alone(problem):
        return None
    try:
        return _find(problem, lower(problem))
    except (UserError, ValueError, TooLargeError, MisfitError, LinAlgError):
        return None


def _find(problem: Problem, lowered: LoweredProblem) -> Unreachable | None:
    degrees = _DEGREES.get(len(problem.inputs), ())
    if not degrees or degree_within(problem, degrees[1], _FUNCTIONS) < degrees[1]:
        return None
    coarse, fine = (_at_minimum(lowered, degree) for degree in degrees)
    if coarse is None or fine is None:
        return None
    return alike(problem, (coarse, coarse.system.data), (fine, fine.system.data))


def _at_minimum(lowered: LoweredProblem, degree: int) -> Spectrum | None:
    modes = (degree,) * len(lowered.problem.inputs)
    trial = try_basis(lowered, modes, False, {}, TrialCosts(Allowance(None)))
    if trial is None or trial.theta is None:
        return None
    system = scaled_system(lowered, degree, trial.theta)
    return None if system is None else spectrum(system)
