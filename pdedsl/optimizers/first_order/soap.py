r"""Adam in the eigenbasis of Shampoo's factors (Vyas et al., arXiv 2409.11321, algorithm 3).

For the gradient G of a weight matrix,

.. math:: L ← β_2 L + (1 - β_2) G G^T, \quad R ← β_2 R + (1 - β_2) G^T G, \quad
          G' = Q_L^T G Q_R,

.. math:: M ← β_1 M + (1 - β_1) G, \quad V ← β_2 V + (1 - β_2) G'^2, \quad
          W ← W - η\, Q_L \frac{Q_L^T M Q_R / (1 - β_1^t)}{\sqrt{V / (1 - β_2^t)} + ε} Q_R^T,

with the eigenvectors Q_L, Q_R of L and R, which every ``refresh`` steps are made new by a power
step, Q ← qr(L Q). Before it the columns are sorted by qᵀLq, and the entries of V with them, so
that the orthogonalisation goes from the largest to the smallest. Biases and other parameters
have Q = I, which is Adam.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from pdedsl.linalg.layers import LinearLayer
from pdedsl.optimizers.state import State, kept
from pdedsl.options.section import Count, Fraction, Positive

from .torch_optimizer import FirstOrder, FirstOrderOptions

_EPSILON = 1e-8
_OWN = ("_mean", "_square", "_sides", "_steps")  # what changes from step to step


class SoapOptions(FirstOrderOptions):
    """Adam in the eigenbasis of Shampoo's factors; see `soap`.

    Args:
        betas: decay of the first moment, and of the second moment and the factors.
        refresh: iterations between two power steps of the eigenvectors.
    """

    kind: Literal["soap"] = "soap"
    rate: Positive = 3e-3
    betas: tuple[Fraction, Fraction] = (0.95, 0.95)
    refresh: Count = 10


class Soap(FirstOrder):
    """See the module docstring."""

    _options: SoapOptions

    def _rule_for(self, parameters: Tensor) -> torch.optim.Optimizer:
        return SoapRule(parameters, self._system.layers, self._options)


@kept
@dataclass
class Side:
    """A factor of Shampoo, L or R, and its eigenvectors, the largest eigenvalue first."""

    factor: Tensor
    basis: Tensor

    @classmethod
    def of(cls, outer: Tensor) -> Side:
        """The factor of a first gradient, with exact eigenvectors."""
        return cls(outer, torch.linalg.eigh(outer)[1].flip(1))

    def refresh(self) -> Tensor:
        """One power step; returns the order in which the columns were taken."""
        moved = self.factor @ self.basis
        order = (self.basis * moved).sum(dim=0).argsort(descending=True)
        self.basis = torch.linalg.qr(moved[:, order])[0]
        return order


class SoapRule(torch.optim.Optimizer):
    """The rule of the module docstring as an optimizer of torch.

    Args:
        parameters: θ, shape (P,), which is changed in place.
        layers: where the matrices lie in it.
        options: see `SoapOptions`.
    """

    def __init__(
        self, parameters: Tensor, layers: Sequence[LinearLayer], options: SoapOptions
    ) -> None:
        super().__init__([parameters], {"lr": options.rate})
        self._parameters, self._layers, self._options = parameters, layers, options
        self._mean, self._square = torch.zeros_like(parameters), torch.zeros_like(parameters)
        self._sides: list[tuple[Side, Side]] = []
        self._steps = 0

    def state_dict(self) -> State:
        """Beside what torch has, the averages and the sides."""
        own = {name: getattr(self, name) for name in _OWN}
        return {"torch": super().state_dict(), "own": own}

    def load_state_dict(self, state_dict: State) -> None:
        """See `state_dict`."""
        super().load_state_dict(state_dict["torch"])
        vars(self).update(state_dict["own"])

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # no closure
        """Move by the gradient that the parameters hold."""
        gradient = self._parameters.grad
        assert gradient is not None
        (first, second), every = self._options.betas, self._options.refresh
        self._mean.lerp_(gradient, 1 - first)
        self._learn(gradient, second)
        rotated = self._rotate(gradient)
        self._square.lerp_(rotated.square(), 1 - second)
        self._steps += 1
        mean = self._rotate(self._mean) / (1 - first**self._steps)
        scale = (self._square / (1 - second**self._steps)).sqrt() + _EPSILON
        rate = self.param_groups[0]["lr"]
        self._parameters.sub_(self._rotate(mean / scale, back=True), alpha=rate)
        if self._steps % every == 0:
            self._refresh()

    def _learn(self, gradient: Tensor, decay: float) -> None:
        outers = [(g @ g.T, g.T @ g) for g in (layer.matrix(gradient) for layer in self._layers)]
        if not self._sides:
            self._sides = [(Side.of(left), Side.of(right)) for left, right in outers]
            return
        for sides, pair in zip(self._sides, outers, strict=True):
            for side, outer in zip(sides, pair, strict=True):
                side.factor.lerp_(outer, 1 - decay)

    def _rotate(self, vector: Tensor, back: bool = False) -> Tensor:
        """Q_Lᵀ G Q_R for all layers, or Q_L G Q_Rᵀ."""
        out = vector.clone()
        for layer, sides in zip(self._layers, self._sides, strict=True):
            left, right = (side.basis.T if back else side.basis for side in sides)
            layer.matrix(out).copy_(left.T @ layer.matrix(vector) @ right)
        return out

    def _refresh(self) -> None:
        for layer, (left, right) in zip(self._layers, self._sides, strict=True):
            rows, columns = left.refresh(), right.refresh()
            square = layer.matrix(self._square)
            square.copy_(square[rows][:, columns])
