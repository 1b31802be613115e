"""How far a solution is from the known one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pdedsl.ir import Problem

from .known import Known, exact_numbers

Values = Mapping[str, NDArray[np.float64]]


def norms(
    difference: NDArray[np.float64], exact: NDArray[np.float64], weights: NDArray[np.float64]
) -> dict[str, float]:
    r"""Norms of an error, over the points where u is finite.

    .. math:: rel\_l2 = (Σ_q w_q e_q^2 / Σ_q w_q u_q^2)^{1/2}, \qquad linf = \max_q |e_q|

    Args:
        difference: e, solution minus exact, shape (…, n).
        exact: u, the known values, same shape.
        weights: w of a quadrature rule, shape (n,).

    Returns:
        ``rel_l2`` and ``linf``. Where u is zero, ``rel_l2`` is the L2 norm of e itself, and
        ``absolute`` is true. NaN for both where u is nowhere finite.
    """
    finite = np.isfinite(exact)
    if not finite.any():
        return {"rel_l2": float("nan"), "linf": float("nan")}
    roots = np.sqrt(np.broadcast_to(weights, exact.shape)[finite])
    error, known = difference[finite], exact[finite]
    norm, size = float(np.linalg.norm(roots * error)), float(np.linalg.norm(roots * known))
    largest = float(np.max(np.abs(error)))
    if size == 0:
        return {"rel_l2": norm, "linf": largest, "absolute": True}
    return {"rel_l2": norm / size, "linf": largest}


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
                errors.setdefault(field.name, norms(ours - theirs, theirs, exact.weights))
            for name, (ours, theirs) in pairs.items():
                errors.setdefault(name, norms(ours - theirs, theirs, exact.weights))
    return errors


def number_errors(problem: Problem, numbers: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """``exact``, ``absolute`` and ``relative`` error of each unknown number that is known."""
    errors = {}
    for symbol, exact in exact_numbers(problem).items():
        absolute = abs(numbers[symbol.name] - exact)
        relative = absolute / abs(exact) if exact else float("nan")
        errors[symbol.name] = {"exact": exact, "absolute": absolute, "relative": relative}
    return errors
