r"""A bound of the errors of a solution, with the theorem that gives it.

For the error e = u − u_h of one or several fields, with the norm over the domain and the times,

.. math:: ‖e‖ ≤ B, \qquad ‖e‖ / ‖u‖ ≤ B / (‖u_h‖ - B) \quad \text{where } B < ‖u_h‖.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class UnprovedError(Exception):
    """No theorem applies; the text says which hypothesis is not met, or not known to be."""


class UnresolvedError(UnprovedError):
    """A norm is not known well enough, whatever the theorem is."""


@dataclass(frozen=True)
class FieldBound:
    """What the error of one field is at most.

    Args:
        l2: B, at least ‖e‖₂ over the domain and the times.
        relative: at least ‖e‖₂ / ‖u‖₂; None where the solution may be zero as far as is known.
    """

    l2: float
    relative: float | None


@dataclass(frozen=True)
class ErrorBound:
    """The bound of a solution.

    Args:
        fields: by name; empty where there is no bound.
        theorem: its name, such as ``coercive``.
        inequality: what is used of it, with its constants as numbers.
        constant: the factor of ‖r‖, the norm of the residual of the equation.
        residual: ‖r‖₂, or what it is at most.
        conditions: the part of the misfits of boundary and initial conditions in B.
        guaranteed: whether the norms are bounded from above; if not, they are integrals by a
            quadrature rule that agrees with a coarser one.
        reason: why there is no bound; empty where there is one.
    """

    fields: Mapping[str, FieldBound] = field(default_factory=dict)
    theorem: str = ""
    inequality: str = ""
    constant: float | None = None
    residual: float | None = None
    conditions: float | None = None
    guaranteed: bool = False
    reason: str = ""


def no_bound(reason: str) -> ErrorBound:
    """No bound, and why."""
    return ErrorBound(reason=reason)


def bound_of_data(data: Mapping[str, Any] | None) -> ErrorBound | None:
    """The bound from its fields as plain data; None where there are none."""
    if data is None:
        return None
    fields = {name: FieldBound(**own) for name, own in data["fields"].items()}
    return ErrorBound(**{**data, "fields": fields})
