"""How far a law is from holding."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Misfit:
    """How far a law is from holding, at points that took no part in the training.

    Args:
        rms: of the residual.
        relative: the same over the size of its terms; see `relative`.
    """

    rms: float
    relative: float
