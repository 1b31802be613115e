"""How well the parts of a split domain are joined: the matrix of all of them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pdedsl.conditioning.arrays import as_array

if TYPE_CHECKING:
    from torch import Tensor

    from pdedsl.compiler.residual.system import ResidualSystem


@dataclass(frozen=True)
class Coupled:
    """The Jacobian of all parts, its columns scaled to unit length.

    Args:
        kappa: largest over smallest singular value; infinite where some are rounding.
        null: number of singular values at rounding level: directions that no law sees.
        columns: P.
        linear: whether the parts are linear in their parameters.
    """

    kappa: float
    null: int
    columns: int
    linear: bool

    @property
    def words(self) -> str:
        """The same in a sentence."""
        if not self.null:
            return f"κ = {self.kappa:.2g}, of full rank: the laws leave no direction free"
        found = f"κ is infinite: no law sees {self.null:,} of {self.columns:,} directions"
        if self.linear:
            return f"{found}, so that the laws, those on interfaces among them, are too few"
        return (
            f"{found}; in networks that is so without interfaces too, and model.kind = basis shows "
            "what the interfaces leave free"
        )


def coupled(system: ResidualSystem, theta: Tensor) -> Coupled:
    """The conditioning of a system of parts at a state θ."""
    matrix = as_array(system.jacobian(theta))
    lengths = np.linalg.norm(matrix, axis=0)
    scaled = matrix / np.where(lengths > 0, lengths, 1.0)
    # As many values as columns: fewer rows leave directions free as well.
    values = np.zeros(matrix.shape[1])
    found = np.linalg.svd(np.linalg.qr(scaled, mode="r"), compute_uv=False)
    values[: len(found)] = found
    null = int(np.sum(values <= max(matrix.shape) * np.finfo(float).eps * values[0]))
    kappa = float("inf") if null else float(values[0] / values[-1])
    return Coupled(kappa, null, len(values), system.linear)
