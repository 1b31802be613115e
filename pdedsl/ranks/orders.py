"""What the first process asks of the others: functions of the group, and of shares of a system."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from .rank_share import RankShare

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem

    from .group import RankGroup


# Of the group: what the other processes do with the systems that they hold.


def hold(group: RankGroup, key: int, system: ResidualSystem) -> None:
    """Take a share of a system."""
    group.hold(key, RankShare(system, group.rank, group.size))


def hold_other_points(group: RankGroup, key: int, like: int, seed: int) -> None:
    """Take a share of a system that is held already, at other points."""
    hold(group, key, group.shares[like].whole.at_other_points(seed))


def change(group: RankGroup, key: int, name: str, arguments: tuple[Any, ...]) -> None:
    """Change points or weights of a system by one of its methods."""
    getattr(group.shares[key].whole, name)(*arguments)


# Of a share: what is gathered.


def places(share: RankShare) -> Tensor:
    """Indices of its rows among all."""
    return share.places


def residual(share: RankShare, theta: Tensor, masked: bool = True) -> Tensor:
    """Its r, with weights of points or without them."""
    return share.residual(theta) if masked else share.unmasked_residual(theta)


def jacobian(share: RankShare, theta: Tensor) -> tuple[Tensor, Tensor]:
    """Its r and J."""
    return share.residual_and_jacobian(theta)


def jvp(share: RankShare, theta: Tensor, v: Tensor) -> Tensor:
    """Its rows of J v."""
    return share.jvp(theta, v)


# Of a share: what is added up.


def loss(share: RankShare, theta: Tensor) -> list[Tensor]:
    """Its ‖r‖²."""
    return [share.loss(theta)]


def losses(share: RankShare, thetas: Tensor) -> list[Tensor]:
    """Its ‖r‖² at several states, shape (k,)."""
    return [share.losses(thetas)]


def parts(share: RankShare, theta: Tensor, labels: Sequence[str]) -> list[Tensor]:
    """By law, its part of the loss and of the gradient: shapes (L,) and (L, P)."""
    found = share.parts_at(theta)
    none = theta.new_zeros(()), torch.zeros_like(theta)
    values, slopes = zip(*(found.get(label, none) for label in labels), strict=True)
    return [torch.stack(values), torch.stack(slopes)]


def squares_by_law(share: RankShare, theta: Tensor, labels: Sequence[str]) -> list[Tensor]:
    """By law, its part of the mean square without weights, shape (L,)."""
    found = share.losses_by_law(theta)
    return [theta.new_tensor([found.get(label, 0.0) ** 2 for label in labels])]


def traces(share: RankShare, theta: Tensor, labels: Sequence[str]) -> list[Tensor]:
    """By law, its part of the mean of ‖∇r‖² without weights, shape (L,)."""
    found = share.traces_by_law(theta)
    return [theta.new_tensor([found.get(label, 0.0) for label in labels])]


def gram(share: RankShare, theta: Tensor) -> list[Tensor]:
    """Its JᵀJ."""
    return [share.gram(theta)]


def vjp(share: RankShare, theta: Tensor, w: Tensor) -> list[Tensor]:
    """Its part of Jᵀ w, for w of all rows."""
    return [share.vjp(theta, w[share.places])]


def hvp(share: RankShare, theta: Tensor, v: Tensor) -> list[Tensor]:
    """Its part of the Hessian of the loss times v."""
    return [share.hvp(theta, v)]
