"""Continuation: a problem reached through easier values of one of its parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pdedsl.ir import Problem


def easier_problems(problem: Problem, parameter: str, values: Sequence[float]) -> Iterator[Problem]:
    """The problem at other values of a parameter.

    All have the same fields and laws, so that the parameters θ of one serve to start the next.

    Args:
        problem: with the value that is wanted.
        parameter: its name.
        values: from easy to hard.

    Raises:
        UserError: it is no parameter (E803), or a law makes no sense at a value.
    """
    return (problem.with_params(**{parameter: value}) for value in values)
