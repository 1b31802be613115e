"""How far a solution is from the known one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pdedsl.ir import Problem

from .known import Known, exact_numbers

Values = Mapping[str, NDArray[np.float64]]


def norms(difference: NDArray[np.float64], exact: NDArray[np.float64]) -> dict[str, float]:
    """``rel_l2`` = ‖e‖₂ / ‖u‖₂ and ``linf`` = max |e|, over the points where u is finite.

    Args:
        difference: solution minus exact, shape (…, n).
        exact: the known values, same shape.

    Returns:
        NaN for ``rel_l2`` where the known solution is zero, for both where it is nowhere finite.
    """
    finite = np.isfinite(exact)
    error, size = difference[finite], float(np.linalg.norm(exact[finite]))
    if error.size == 0:
        return {"rel_l2": float("nan"), "linf": float("nan")}
    rel = float(np.linalg.norm(error)) / size if size > 0 else float("nan")
    return {"rel_l2": rel, "linf": float(np.max(np.abs(error)))}


def field_errors(
    problem: Problem, known: Sequence[Known], found: Sequence[Values]
) -> dict[str, dict[str, float]]:
    """Errors by component, and by vector field where all of its components are known.

    Args:
        problem: whose fields they are.
        known: known values at points.
        found: for each of them, the solution's components at the same points.
    """
    errors: dict[str, dict[str, float]] = {}
    for field in problem.fields:
        names = [component.func.__name__ for component in field.components]
        for exact, values in zip(known, found, strict=True):
            pairs = {n: (values[n], exact.values[n]) for n in names if n in exact.values}
            if field.vector and len(pairs) == len(names):
                ours, theirs = (np.stack(side) for side in zip(*pairs.values(), strict=True))
                errors.setdefault(field.name, norms(ours - theirs, theirs))
            for name, (ours, theirs) in pairs.items():
                errors.setdefault(name, norms(ours - theirs, theirs))
    return errors


def number_errors(problem: Problem, numbers: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """``exact``, ``absolute`` and ``relative`` error of each unknown number that is known."""
    errors = {}
    for symbol, exact in exact_numbers(problem).items():
        absolute = abs(numbers[symbol.name] - exact)
        relative = absolute / abs(exact) if exact else float("nan")
        errors[symbol.name] = {"exact": exact, "absolute": absolute, "relative": relative}
    return errors
