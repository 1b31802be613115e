"""A system's fields and expressions at a fixed state, in numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem

Array = NDArray[np.float64]


class Sampler:
    """Evaluates a system at a fixed state.

    Args:
        system: the residual system.
        theta: tensor of shape (P,).
    """

    def __init__(self, system: ResidualSystem, theta: Any) -> None:
        self._system = system
        self._theta = theta

    def fields(self, points: Array) -> dict[str, Array]:
        """Component name to values; points (n, inputs) to (n,)."""
        found = self._system.fields(self._theta, self._tensor(points))
        return {name: _array(values) for name, values in found.items()}

    def expression(self, expression: sp.Expr, points: Array) -> Array:
        """Values of an expression of fields, their derivatives and the inputs, shape (n,)."""
        return _array(self._system.derivative(self._theta, expression, self._tensor(points)))

    def residual(self, label: str, points: Array) -> Array:
        """Residuals of a law inside the domain, shape (components, n)."""
        return _array(self._system.residual_at(self._theta, label, self._tensor(points)))

    def _tensor(self, points: Array) -> Any:
        import torch

        theta = self._theta
        return torch.as_tensor(np.ascontiguousarray(points), dtype=theta.dtype, device=theta.device)


def _array(values: Any) -> Array:
    array: Array = values.detach().cpu().numpy().astype(np.float64)
    return array
