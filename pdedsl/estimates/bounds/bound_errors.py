"""The bound of a solution by the first theorem whose hypotheses are proved."""

from __future__ import annotations

import sympy as sp
import torch

from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.geometry import field_bounds
from pdedsl.ir import Field, Problem
from pdedsl.models.runtime.deadline import DeadlineError

from .approximation import Approximation, Misfit
from .bound import ErrorBound, FieldBound, UnprovedError, UnresolvedError, no_bound
from .linear_laws import obstacle
from .norms_above import l2_norm
from .reading import standard_form
from .theorems.linear_system import linear_system
from .theorems.proof import Proof
from .theorems.registry import THEOREMS


def bound_errors(system: ResidualSystem, theta: torch.Tensor) -> ErrorBound:
    """What the errors of a solution are at most, or why no theorem says it.

    Args:
        system: of the problem as it was solved.
        theta: its parameters, shape (P,).
    """
    problem = system.problem
    try:
        if why := obstacle(problem):
            raise UnprovedError(why)
        if theta.dtype != torch.float64:
            raise UnprovedError("rounding of single precision is not counted")
        proof, solution = _proof(system, theta)
        fields = {own.name: _of_field(problem, own, solution, proof) for own in problem.fields}
    except UnprovedError as error:
        return no_bound(str(error))
    except DeadlineError:
        return no_bound("the budget leaves no time for it")
    except (ValueError, TypeError, ArithmeticError, RuntimeError, MemoryError) as error:
        # A result must not be lost because something about its error cannot be computed.
        return no_bound((str(error).splitlines() or [type(error).__name__])[0])
    return ErrorBound(
        fields, proof.theorem, proof.inequality, proof.constant, proof.residual.upper,
        proof.conditions, proof.proved and proof.residual.proved,
    )  # fmt: skip


def _proof(system: ResidualSystem, theta: torch.Tensor) -> tuple[Proof, Approximation]:
    problem = system.problem
    if not problem.domains:
        solution = Approximation(system, theta)
        return linear_system(problem, solution), solution
    form = standard_form(problem, tuple(system.exact_laws))
    solution = Approximation(system, theta)
    reasons = []
    for theorem in THEOREMS[form.order]:
        try:
            return theorem(form, solution), solution
        except UnresolvedError:
            raise
        except UnprovedError as error:
            reasons.append(str(error))
    raise UnprovedError("; ".join(dict.fromkeys(reasons)))


def _of_field(problem: Problem, own: Field, solution: Approximation, proof: Proof) -> FieldBound:
    """The bound beside the size of the field."""
    bounds = field_bounds(problem, own)
    box = {s: bounds[s] for s in problem.inputs}  # the order of arguments may be another one
    zero = (0,) * len(box)
    values = (Misfit({(u, zero): sp.S.One}, sp.S.Zero, box) for u in own.components)
    squares = sum(l2_norm(solution, value).lower ** 2 for value in values)
    rest = squares**0.5 - proof.l2
    return FieldBound(proof.l2, proof.l2 / rest if rest > 0 else None)
