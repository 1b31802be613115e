r"""An estimate of the error of a solution, by field.

With the estimated error e, and the part ``left`` of the residual that e does not explain,

.. math:: ‖e‖\,(1 - left) ≲ ‖u - u_h‖ ≲ ‖e‖ / (1 - left).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

RELIABLE = 0.3
"""The most that may be left of the residual where a number is given: in 30 cases with less the
estimate was 0.70 to 1.04 of the error."""
_WITHIN_ROUNDING = (
    "what is left of the residual is within the rounding of its terms, which tells nothing of the "
    "error"
)
_AT_ROUNDING = 10.0  # times the size that rounding is seen to have: its most, a choice
_MOST_ROUNDING = 1e-6
"""An error above, of a residual that is rounding, would be amplified by 1e10 and more. That is a
basis that does not fit the problem, or a problem with a solution nearby that is as good: 11 was
found for an inclusion in functions that are singular inside of it, where the error was 1e-11."""


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
        at_rounding: whether the residual is rounding, of which the size alone is known.
    """

    fields: Mapping[str, FieldEstimate] = field(default_factory=dict)
    left: float = 0.0
    reason: str = ""
    at_rounding: bool = False

    @property
    def relative(self) -> float | None:
        """The largest relative error of all fields; None where there is no estimate."""
        return max((own.relative for own in self.fields.values()), default=None)


@dataclass(frozen=True)
class Squares:
    """Integrals over the domain of a component; they add up over windows, parts and components.

    Args:
        error: of the square of the error.
        size: of the square of the solution.
    """

    error: float
    size: float

    def __add__(self, other: Squares) -> Squares:
        """Those of both."""
        return Squares(self.error + other.error, self.size + other.size)


def not_estimated(reason: str, left: float = math.nan) -> ErrorEstimate:
    """No estimate, and why."""
    return ErrorEstimate({}, left, reason)


def unexplained(left: float) -> str:
    """The reason where too much of the residual is left."""
    part = f"{100 * left:.0f} %" if left < 0.995 else "all"
    return f"{part} of the residual is not explained by smooth functions"


def estimate_of(
    squares: Mapping[str, Squares],
    left: float,
    at_rounding: bool = False,
    zero: Collection[str] = (),
) -> ErrorEstimate:
    """The estimate from integrals by name; none where more than `RELIABLE` is left.

    Args:
        squares: by component and vector field; where the solution may be zero as far as is
            known, the absolute error stands for the relative one.
        left: see the module docstring.
        at_rounding: see `ErrorEstimate`.
        zero: names of what is known to be zero.
    """
    if not all(math.isfinite(own.error) and math.isfinite(own.size) for own in squares.values()):
        return not_estimated("the equation of the error has no finite solution")
    if not at_rounding and not left <= RELIABLE:
        return not_estimated(unexplained(left), left)
    low, high = (0.0, _AT_ROUNDING) if at_rounding else (1 - left, 1 / (1 - left))
    fields = {}
    for name, own in squares.items():
        l2, size = math.sqrt(own.error), math.sqrt(own.size)
        allowed = size <= (1.0 if at_rounding else left) * l2  # what is known of it allows for zero
        relative = l2 if allowed or name in zero else l2 / size
        if at_rounding and not relative <= _MOST_ROUNDING:
            return not_estimated(_WITHIN_ROUNDING, left)
        fields[name] = FieldEstimate(l2, relative, low * relative, high * relative)
    return ErrorEstimate(fields, left, at_rounding=at_rounding)
