"""The linear problem that the matrices are those of."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from pdedsl.calculus.laws import LawOperator
from pdedsl.calculus.state import State
from pdedsl.ir import Law, Problem, Substitution


def linearised_problem(problem: Problem, laws: tuple[LawOperator, ...], state: State) -> Problem:
    """F(u₀) + F′(u₀)(u − u₀) = 0 in place of every nonlinear law F(u) = 0; the linear stay.

    Unknown numbers take their first guess.

    Args:
        problem: with the laws.
        laws: the operator of each law at the state, in order.
        state: u₀.

    Returns:
        A problem without a known solution, since that of the nonlinear laws does not solve it.
    """
    if all(own.linear for own in laws) and not problem.numbers:
        return problem
    put = Substitution(state.numbers.items())
    made = tuple(_law(problem, own, put) for own in laws)
    return replace(problem, laws=made, numbers=(), exact=(), references=(), rebuild=None)


def _law(problem: Problem, own: LawOperator, put: Substitution) -> Law:
    residuals = own.law.residuals
    if not own.linear and own.operator is not None:
        images = own.operator.apply(problem.components)
        residuals = tuple(image + g for image, g in zip(images, own.known, strict=True))
    residuals = tuple(put(residual) for residual in residuals)
    pairs = tuple((residual, sp.S.Zero) for residual in residuals)
    return replace(own.law, residuals=residuals, equations=pairs)
