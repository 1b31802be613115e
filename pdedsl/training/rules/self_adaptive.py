r"""Trainable masks on points: self-adaptive weights (SA-PINN).

A point i of a law with weight w and N rows has a mask λ_i, and the weight λ_i² in the loss

.. math:: L(θ, λ) = \sum \frac{w}{N} \sum_i λ_i^2 |r_i(θ)|^2,

which training lowers in θ and raises in λ, a saddle point: while the optimizer moves θ, another
Adam moves the masks along

.. math:: \frac{∂L}{∂λ_i} = 2 λ_i \frac{w}{N} |r_i|^2

upwards, from the same state. Masks only grow, fastest where the residual stays large (L. McClenny
and U. Braga-Neto, J. Comput. Phys. 474, 2023, arXiv 2009.04544, with the mask function λ²).
After so many stages they stay, as under L-BFGS there. A law that is imposed by integrals has a mask
for each of its rows. Masks belong to points, which therefore have to stay.
"""

from __future__ import annotations

from typing import Annotated, Literal
from zlib import crc32

import torch
from pydantic import Field
from torch import Tensor

from pdedsl.optimizers.problem import LeastSquaresProblem
from pdedsl.optimizers.state import State, copy_all_into
from pdedsl.options.section import Fraction, Positive

from .point_rule import Parts, PointRule, PointRuleOptions, Weights, check_named, laws_named

_STREAM = 0x5A  # apart from the seeds of points and parameters


class SelfAdaptiveOptions(PointRuleOptions):
    """Masks that are trained; see `self_adaptive`.

    Args:
        masks: the first ones by label or kind: the upper end of the range from 0 from which they
            are drawn, or their value; other laws have none. As published for Allen-Cahn.
        draw: ``uniform``, or ``constant`` for the value itself.
        rate: step size of Adam on the masks.
        betas: decay of its first and second moments.
        epsilon: its smallest denominator, that of the authors' library. It matters: the gradients
            are of the order |r|²/N, and where they are far larger than it all masks grow alike.
    """

    kind: Literal["self_adaptive"] = "self_adaptive"
    masks: Annotated[dict[str, Positive], Field(min_length=1)] = Field(
        default_factory=lambda: {"eq": 1.0, "ic": 100.0}
    )
    draw: Literal["uniform", "constant"] = "uniform"
    rate: Positive = 5e-3
    betas: tuple[Fraction, Fraction] = (0.99, 0.999)
    epsilon: Positive = 1e-7

    def check(self, system: LeastSquaresProblem) -> None:
        """See `RuleOptions`."""
        check_named(system, self.masks, "masks of self_adaptive")


class SelfAdaptive(PointRule):
    """See the module docstring."""

    def __init__(self, options: SelfAdaptiveOptions, system: LeastSquaresProblem) -> None:
        super().__init__(options, system)
        self._options, self._begun = options, False
        sizes = {label: len(own) for label, own in system.point_losses(system.theta0).items()}
        self._masks = {
            label: self._first(label, options.masks[name], sizes[label])
            for label, name in laws_named(system, options.masks).items()
        }
        self._ascent = torch.optim.Adam(
            self._masks.values(), options.rate, options.betas, options.epsilon, maximize=True
        )

    def _first(self, label: str, size: float, count: int) -> Tensor:
        """First masks of a law, the same on every device."""
        if self._options.draw == "constant":
            masks = torch.full((count,), size, dtype=torch.float64)
        else:
            seed = self._system.seed ^ crc32(label.encode()) ^ _STREAM << 32
            generator = torch.Generator().manual_seed(seed)
            masks = size * torch.rand(count, dtype=torch.float64, generator=generator)
        return masks.to(self._system.theta0)

    def restore(self, state: State) -> None:
        """Take a state over; the masks stay the tensors that Adam moves."""
        masks = self._masks
        super().restore(state)
        copy_all_into(masks, self._masks)
        self._masks = masks

    def _weigh(self, parts: Parts, total: int) -> tuple[Weights, str]:
        """The squares of the masks, after a step of them; of the first ones at the first state."""
        if self._begun:
            for label, mask in self._masks.items():
                mask.grad = 2 * mask * parts[label]
            self._ascent.step()
        self._begun = True
        return {label: mask.square() for label, mask in self._masks.items()}, ""
