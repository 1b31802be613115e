"""Continuation: a problem reached through easier values of one of its parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pdedsl.ir import Problem


def continuation(problem: Problem, parameter: str, values: Sequence[float]) -> Iterator[Problem]:
    """The problem at each of these values of a parameter, and at last as it is.

    All have the same fields and laws, so that the parameters θ of one serve to start the next.

    Args:
        problem: with the value that is wanted.
        parameter: its name.
        values: from easy to hard.

    Raises:
        UserError: it is no parameter (E803), or a law makes no sense at a value.
    """
    for value in values:
        yield problem.with_params(**{parameter: value})
    yield problem
