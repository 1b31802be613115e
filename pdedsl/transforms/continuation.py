"""Continuation: a problem reached through easier values of one of its parameters."""

from __future__ import annotations

from collections.abc import Sequence

from pdedsl.ir import Problem


def easier_problems(
    problem: Problem, parameter: str, values: Sequence[float]
) -> tuple[Problem, ...]:
    """The problem at other values of a parameter.

    All have the same fields and laws, so that the parameters θ of one serve to start the next.

    Args:
        problem: with the value that is wanted.
        parameter: its name.
        values: from easy to hard.

    Raises:
        UserError: it is no parameter (E803), or a law makes no sense at a value.
    """
    return tuple(problem.with_params(**{parameter: value}) for value in values)


def steps_between(start: float, end: float, steps: int, geometric: bool) -> tuple[float, ...]:
    """So many values from ``start`` on, ``end`` being the next, of even differences or ratios.

    For ratios both must have the same sign.
    """
    parts = [k / steps for k in range(steps)]
    if geometric:
        return tuple(start * (end / start) ** part for part in parts)
    return tuple(start + part * (end - start) for part in parts)
