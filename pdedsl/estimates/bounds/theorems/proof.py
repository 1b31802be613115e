"""What a theorem says of a solution."""

from __future__ import annotations

from dataclasses import dataclass

from pdedsl.estimates.bounds.norms_above import Norm


@dataclass(frozen=True)
class Proof:
    """A bound of ‖e‖₂ over the domain and the times, of all fields together.

    Args:
        theorem: its name.
        inequality: what is used of it, with its constants as numbers.
        constant: the factor of the norm of the residual.
        residual: norm of the residual of the equations.
        conditions: what misfits of conditions add.
        proved: whether the norms in ``conditions`` are.
    """

    theorem: str
    inequality: str
    constant: float
    residual: Norm
    conditions: float
    proved: bool

    @property
    def l2(self) -> float:
        """What ‖e‖₂ is at most."""
        return self.constant * self.residual.upper + self.conditions
