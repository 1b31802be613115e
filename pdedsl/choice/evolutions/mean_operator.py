r"""The part of a linear operator that is a sum along the axes, which preconditions the whole.

Of :math:`\sum_α a_α(x, t)\, ∂^α` those terms remain that are along one axis, with the means of
:math:`a_α` over the stages and the other axes. A function of two coordinates without derivatives is
a sum of its means but for what no such sum has. Where the operator is a sum along the axes, that is
all of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pdedsl.geometry.arrays import Array

from .sum_solver import SumSolver

Profiles = dict[tuple[int, int], Array]


def profiles(slopes: Mapping[tuple[int, ...], Array]) -> Profiles:
    """Coefficients by axis and order, each at the nodes inside of its axis.

    Args:
        slopes: a_α, each of shape (s, M_1, …, M_d), by α.
    """
    out: Profiles = {}
    for alpha, values in slopes.items():
        along = [axis for axis, order in enumerate(alpha) if order]
        if len(along) > 1:
            continue
        whole = float(values.mean())
        for axis in along or range(len(alpha)):
            others = tuple(a for a in range(values.ndim) if a != axis + 1)
            own = values.mean(axis=others)
            out[axis, alpha[axis]] = own if along or not axis else own - whole
    return out


def mean_solver(found: Profiles, inner: Sequence[Sequence[Array]]) -> SumSolver:
    """The solver of a sum along the axes, see `SumSolver`.

    With three axes whose eigenvectors are ill-conditioned it has no derivatives of odd order.

    Args:
        found: see `profiles`.
        inner: of each axis ∂^k with the conditions taken out, for k = 0, 1, …, shape (M, M).
    """
    try:
        return SumSolver(_matrices(found, inner))
    except ArithmeticError:
        even = {
            (axis, k): np.full_like(own, own.mean()) for (axis, k), own in found.items() if k != 1
        }
        return SumSolver(_matrices(even, inner))


def _matrices(found: Profiles, inner: Sequence[Sequence[Array]]) -> list[Array]:
    out = [np.zeros_like(powers[0]) for powers in inner]
    for (axis, order), own in found.items():
        out[axis] = out[axis] + own[:, None] * inner[axis][order]
    return out


def differ(one: Profiles, other: Profiles, part: float) -> bool:
    """Whether coefficients differ by more than a part of the largest of their kind."""
    return any(
        np.abs(own - other[key]).max() > part * max(np.abs(own).max(), np.abs(other[key]).max())
        for key, own in one.items()
    )
