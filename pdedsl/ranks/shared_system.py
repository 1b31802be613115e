"""A residual system whose rows several processes share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from pdedsl.compiler.residual.adaptive import Adaptive
from pdedsl.compiler.residual.block import Block
from pdedsl.compiler.residual.first_order import by_shares
from pdedsl.compiler.residual.replayed_gradients import LatestParts, Parts
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.linalg.linearisation import PLAIN, Linearisation, Sketch

from . import orders
from .group import RankGroup
from .rank_share import RankShare


class SharedSystem(ResidualSystem):
    """See the module docstring; the process that has it gives the orders, and has all points."""

    _group: RankGroup
    _key: int

    @classmethod
    def of(cls, system: ResidualSystem, group: RankGroup) -> SharedSystem:
        """A system for all processes; the others make it anew by its recipe."""
        made = cls.__new__(cls)
        vars(made).update(vars(system))
        made._join(group)
        group.do(orders.hold, made._key, system)
        return made

    def rejoin(self) -> None:
        """Have all rows again, from now on."""
        # The rest of a solve, such as pictures, goes on with the object when the processes end.
        self.__class__ = ResidualSystem  # type: ignore[assignment]
        self._latest = None

    def _join(self, group: RankGroup) -> None:
        self._group, self._key = group, group.take_in(self)
        self._latest = None
        self._share = RankShare(self._alone, group.rank, group.size)
        group.shares[self._key] = self._share

    @property
    def _alone(self) -> ResidualSystem:
        """The same object, with the same attributes, as one that gives no orders."""
        alone = ResidualSystem.__new__(ResidualSystem)
        alone.__dict__ = self.__dict__
        return alone

    # The residual by shares.

    def total(self, function: Callable[..., Sequence[Tensor]], *arguments: Any) -> list[Tensor]:
        """The sums over all shares of what a function of each and the arguments gives."""
        return self._group.total(self._key, function, *arguments)

    def gathered(self, function: Callable[..., Any], *arguments: Any) -> list[Any]:
        """What a function of each share and the arguments gives, by rank."""
        return self._group.gathered(self._key, function, *arguments)

    def linearise(
        self, theta: Tensor, normal: bool = False, sketch: Sketch = PLAIN
    ) -> Linearisation:
        """The residual r(θ) and J in coordinates that keep lengths."""
        return by_shares(self, theta, normal, sketch)

    def residual(self, theta: Tensor) -> Tensor:
        """r(θ), shape (N,), gathered."""
        return self._in_place(self.gathered(orders.residual, theta))

    def residual_and_jacobian(self, theta: Tensor) -> tuple[Tensor, Tensor]:
        """r(θ) and J, gathered."""
        residuals, jacobians = zip(*self.gathered(orders.jacobian, theta), strict=True)
        return self._in_place(residuals), self._in_place(jacobians)

    def jvp(self, theta: Tensor, v: Tensor) -> Tensor:
        """J v, shape (N,), gathered."""
        return self._in_place(self.gathered(orders.jvp, theta, v))

    def vjp(self, theta: Tensor, w: Tensor) -> Tensor:
        """Jᵀ w, shape (P,)."""
        return self.total(orders.vjp, theta, w)[0]

    def hvp(self, theta: Tensor, v: Tensor) -> Tensor:
        """The Hessian of the loss times v, shape (P,)."""
        return self.total(orders.hvp, theta, v)[0]

    def gram(self, theta: Tensor) -> Tensor:
        """JᵀJ, shape (P, P)."""
        return self.total(orders.gram, theta)[0]

    def loss(self, theta: Tensor) -> Tensor:
        """‖r(θ)‖²."""
        return self.total(orders.loss, theta)[0]

    def losses(self, thetas: Tensor) -> Tensor:
        """The loss of several states, shape (k, P) to (k,)."""
        return self.total(orders.losses, thetas)[0]

    def losses_by_law(self, theta: Tensor) -> dict[str, float]:
        """Root mean square of the residual of each law, without weight."""
        labels = self._labels
        squares = self.total(orders.squares_by_law, theta, labels)[0]
        return dict(zip(labels, squares.sqrt().tolist(), strict=True))

    def traces_by_law(self, theta: Tensor) -> dict[str, float]:
        """The mean over the rows of each law of ‖∇r‖², without weight."""
        labels = self._labels
        return dict(zip(labels, self.total(orders.traces, theta, labels)[0].tolist(), strict=True))

    def _evaluate_parts(self, theta: Tensor) -> Parts:
        labels = self._labels
        losses, slopes = self.total(orders.parts, theta, labels)
        parts = {k: (losses[i], slopes[i]) for i, k in enumerate(labels)}
        self._latest = LatestParts(theta.clone(), self.blocks, parts, {})
        return parts

    def _residual_of(self, blocks: Sequence[Block], theta: Tensor) -> Tensor:
        """At the points of the training by shares, with their weights or without them."""
        pairs = list(zip(blocks, self.blocks, strict=False))
        if len(blocks) == len(pairs) == len(self.blocks):
            if all(given is own for given, own in pairs):
                return self.residual(theta)
            if all(_is_unmasked(given, own) for given, own in pairs):
                return self._in_place(self.gathered(orders.residual, theta, False))
        return super()._residual_of(blocks, theta)

    @property
    def _labels(self) -> tuple[str, ...]:
        return tuple(block.label for block in self.blocks)

    def _in_place(self, parts: Sequence[Tensor]) -> Tensor:
        """Rows of all shares in the order of r(θ)."""
        places = torch.cat(self.gathered(orders.places))
        rows = torch.cat(list(parts))
        return torch.empty_like(rows).index_copy_(0, places, rows)

    # Points and weights, which all processes have.

    def resample(self, seed: int, adaptive: Adaptive | None = None) -> None:
        """Draw the same points in every process."""
        if adaptive is None:
            self._change("resample", seed)
            return
        # Where the residual is large is decided once: rounding may differ between machines.
        self._alone.resample(seed, adaptive)
        self._group.do(orders.change, self._key, "restore", (self.state(),))

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take a `state` over in every process."""
        self._change("restore", state)

    def set_weights(self, weights: Mapping[str, float]) -> None:
        """Change weights of laws in every process."""
        self._change("set_weights", weights)

    def set_point_weights(self, weights: Mapping[str, Tensor]) -> None:
        """Change weights of points in every process."""
        self._change("set_point_weights", weights)

    def at_other_points(self, seed: int) -> SharedSystem:
        """The same models and laws at as many points of another draw, shared as well."""
        other = type(self).__new__(type(self))
        vars(other).update(vars(self))
        other._join(self._group)
        other._alone.resample(seed)
        self._group.do(orders.hold_other_points, other._key, self._key, seed)
        return other

    def _change(self, name: str, *arguments: Any) -> None:
        getattr(self._alone, name)(*arguments)
        self._group.do(orders.change, self._key, name, arguments)


def _is_unmasked(given: Block, own: Block) -> bool:
    """Whether a block is another with the same weight, but without weights of points."""
    same = given.data is own.data and given.weight == own.weight
    return same and given.map.mask is None
