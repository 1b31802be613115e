"""Errors against a solution that is known."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .advice import advice
from .finding import Finding

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution

_CHANCE = 4.0  # standard deviations, beyond which an error is chance once in 16,000 times

_MOST_BY_CHANCE = 0.1  # error, relative, that no deviation makes right; a choice


def check_known_errors(solution: Solution) -> Finding | None:
    """Whether a field, or an unknown number, is known to be wrong by more than is accepted."""
    fields, numbers = solution.errors or {}, solution.number_errors
    chance = _errors_by_chance(solution)
    # Not a number is what is nowhere known.
    found = {
        name: error["rel_l2"]
        for name, error in fields.items()
        if not math.isnan(error["rel_l2"]) and not _within_vector(name, fields)
    }
    found |= {k: own["relative"] if own["exact"] else own["absolute"] for k, own in numbers.items()}
    wrong = {k: e for k, e in found.items() if not e <= max(solution.accept, chance.get(k, 0.0))}
    name = max(wrong, key=lambda key: wrong[key], default=None)
    if name is None:
        return None
    reason = f"{name} is wrong by {found[name]:.2g} of its size"
    if name in fields and fields[name].get("absolute"):
        reason = f"{name} is zero, and found with a norm of {found[name]:.2g}"
    elif name in numbers and not numbers[name]["exact"]:
        reason = f"{name} is zero, and found as {solution.numbers[name]:.2g}"
    return Finding("inaccurate", reason, advice(solution))


def _errors_by_chance(solution: Solution) -> dict[str, float]:
    """By name the error that noise of data may leave, relative where the size is not zero."""
    sizes = {name: abs(own["exact"]) or 1.0 for name, own in solution.number_errors.items()}
    numbers = solution.number_deviations
    found = {k: numbers[k] / size for k, size in sizes.items() if k in numbers}
    every = solution.field_deviations | found if solution.laws_hold else {}
    return {k: min(_CHANCE * own, _MOST_BY_CHANCE) for k, own in every.items()}


def _within_vector(name: str, errors: Mapping[str, Mapping[str, float]]) -> bool:
    """Whether it is a component of a vector that is judged as a whole.

    A component may be zero but for rounding.
    """
    return name.partition("[")[0] in errors.keys() - {name}
