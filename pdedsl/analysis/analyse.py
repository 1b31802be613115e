"""The driver: from a problem to a report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from numbers import Integral, Real
from typing import TypeVar

from pdedsl.calculus.adjoint import adjoint
from pdedsl.calculus.composition import hermitian_square
from pdedsl.calculus.laws import LawOperator, SystemOperator, law_operators, system_operators
from pdedsl.calculus.linearity import is_linear
from pdedsl.calculus.printing.operator_latex import matrix_latex, operator_latex, symbol_latex
from pdedsl.calculus.printing.operator_text import matrix_rows, operator_text, symbol_text
from pdedsl.calculus.state import State, generic_state, linearisation_state
from pdedsl.calculus.symbol import symbol
from pdedsl.calculus.types.system_type import system_type
from pdedsl.conditioning.descent import predicted_steps
from pdedsl.ir import Problem, TooLargeError
from pdedsl.solution.summary import spec_sha256

from .advice import advise
from .linearised_problem import linearised_problem
from .matrices import Choice, conditioning
from .report import Conditioning, Operator, Report, Steps
from .verify import verify

T = TypeVar("T")

_TOO_LARGE = "too large to be written out"


def analyse(
    problem: Problem, choice: Choice | None = None, epsilon: float = 1e-3, check: bool = False
) -> Report:
    """Operators, condition numbers, predicted steps and a recommended method.

    Arguments as `pdedsl.api.analyze`; ``check`` is its ``verify``.

    Raises:
        ValueError: an option of the basis is wrong; the text says what was expected.
    """
    choice = _check_choice(choice or Choice(), epsilon)
    choice.options(1, choice.index or "box")  # refuses what is no basis
    state = linearisation_state(problem)
    laws = law_operators(problem, state)
    # A law without a differential operator, such as an integral, may be linear as well.
    linear = all(
        own.linear or (own.operator is None and is_linear(problem, own.law)) for own in laws
    )
    found, obstacle = _conditioning(problem, laws, choice)
    steps = verification = None
    if found:
        plain, best = (predicted_steps(k, epsilon) for k in (found.kappa, found.best.kappa))
        steps = Steps(epsilon, plain, best)
    if check and found:
        verification = verify(linearised_problem(problem, laws, state), laws, found, epsilon)
    return Report(
        problem=problem.title,
        spec_sha256=spec_sha256(problem.source.text),
        params={p.symbol.name: p.value for p in problem.parameters},
        linear=linear and not problem.numbers,
        state="" if linear else state.text,
        operators=_operators(problem, state),
        conditioning=found,
        obstacle=obstacle,
        steps=steps,
        advice=advise(problem, found, steps),
        verification=verification,
    )


def _check_choice(choice: Choice, epsilon: float) -> Choice:
    """Refuse kinds and ranges that a caller from Python may get wrong."""
    for name, value in (("basis", choice.family), ("index", choice.index)):
        if not (isinstance(value, str) or (name == "index" and value is None)):
            raise ValueError(f"{name}: expected a name in quotes, got {value!r}")
    modes = choice.modes
    if modes is not None and (not isinstance(modes, Integral) or isinstance(modes, bool)):
        raise ValueError(f"modes: expected a whole number or None, got {modes!r}")
    if modes is not None and modes < 1:
        raise ValueError(f"modes: expected at least 1, got {modes}")
    if not (isinstance(epsilon, Real) and 0 < epsilon < 1):
        raise ValueError(f"epsilon: expected a number between 0 and 1, got {epsilon!r}")
    return choice if modes is None else replace(choice, modes=int(modes))


def _conditioning(
    problem: Problem, laws: tuple[LawOperator, ...], choice: Choice
) -> tuple[Conditioning | None, str]:
    """The matrices, or the reason why there are none."""
    try:
        return conditioning(problem, laws, choice), ""
    except ValueError as reason:
        return None, str(reason)


def _operators(problem: Problem, state: State) -> tuple[Operator, ...]:
    """Texts at a state without a name, the type at the state that is given."""
    anywhere = system_operators(problem, generic_state(problem))
    there = {own.domain: own for own in system_operators(problem, state)}
    return tuple(_operator(problem, own, there.get(own.domain)) for own in anywhere)


def _operator(problem: Problem, own: SystemOperator, at_state: SystemOperator | None) -> Operator:
    found = own.operator if own.linear else own.operator.differential()
    sigma = symbol(found)
    star = _attempt(lambda: adjoint(found))
    square = _attempt(lambda: hermitian_square(found))
    squared = _attempt(lambda: sigma.squared)
    return Operator(
        place=own.domain or "",
        laws=own.labels,
        linear=own.linear,
        order=found.order,
        type=system_type(problem, at_state),
        operator=operator_text(found),
        adjoint=_TOO_LARGE if star is None else operator_text(star),
        dstard=_TOO_LARGE if square is None else operator_text(square),
        symbol=symbol_text(sigma),
        squared=_TOO_LARGE if squared is None else "\n".join(matrix_rows(squared)),
        latex={
            "operator": operator_latex(found),
            "adjoint": "" if star is None else operator_latex(star),
            "dstard": "" if square is None else operator_latex(square),
            "symbol": symbol_latex(sigma),
            "squared": "" if squared is None else matrix_latex(squared),
        },
    )


def _attempt(make: Callable[[], T]) -> T | None:
    """What ``make`` gives, or None where that is too large."""
    try:
        return make()
    except TooLargeError:
        return None
