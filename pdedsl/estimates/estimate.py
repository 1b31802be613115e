"""An estimate of the error of a solution, by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class FieldEstimate:
    """The estimated error e of one field u.

    Args:
        l2: ‖e‖₂ over the domain and the times.
        relative: ‖e‖₂ / ‖u‖₂.
        lower: the least that the relative error may be, as part of the residual is not explained.
        upper: the most.
    """

    l2: float
    relative: float
    lower: float
    upper: float


@dataclass(frozen=True)
class ErrorEstimate:
    """The estimated errors of a solution.

    Args:
        fields: by name; empty where there is no estimate.
        left: the part of the residual that the estimated error does not explain.
        reason: why there is no estimate; empty where there is one.
    """

    fields: Mapping[str, FieldEstimate] = field(default_factory=dict)
    left: float = 0.0
    reason: str = ""

    @property
    def relative(self) -> float | None:
        """The largest relative error of all fields; None where there is no estimate."""
        return max((own.relative for own in self.fields.values()), default=None)
