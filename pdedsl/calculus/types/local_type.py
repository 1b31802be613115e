"""What a type at one point is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

ELLIPTIC, PARABOLIC, HYPERBOLIC = "elliptic", "parabolic", "hyperbolic"
ULTRAHYPERBOLIC, DISPERSIVE, DEGENERATE = "ultrahyperbolic", "dispersive", "degenerate"
BACKWARD = "backward in time"
"""The remark on a parabolic equation whose initial value problem is ill-posed."""
BACKWARD_REASON = (
    f"{BACKWARD}: short waves grow without bound, so values at the start determine no stable "
    "solution"
)


@dataclass(frozen=True)
class LocalType:
    """The type of a symbol at a point.

    Args:
        kind: as in `classify`.
        reason: in words, without numbers of the point.
        remark: what sets points of the same kind apart, such as "backward in time".
    """

    kind: str
    reason: str
    remark: str = ""


def axis_name(vector: np.ndarray, names: Sequence[str]) -> str:
    """Name of the coordinate that a vector is along; empty if it is along none."""
    size = np.abs(vector)
    axis = int(np.argmax(size))
    return names[axis] if np.all(np.delete(size, axis) <= 1e-9 * size[axis]) else ""
