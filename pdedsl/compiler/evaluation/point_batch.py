"""Points with all that the residual of a law needs there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from pdedsl.compiler.lowering.plan import Column, Site


@dataclass(frozen=True)
class PointBatch:
    """Points and what goes with them.

    Args:
        points: shape (n, inputs).
        normals: outward normals, shape (n, dimension), or None away from boundaries.
        columns: values of table columns, shape (n,).
        draws: for each site with an estimate, what its random directions are made of.
        targets: values that are subtracted from the results, shape (n,) each; empty for none.
    """

    points: Tensor
    normals: Tensor | None = None
    columns: Mapping[Column, Tensor] = field(default_factory=dict)
    draws: Mapping[Site, tuple[Tensor, ...]] = field(default_factory=dict)
    targets: tuple[Tensor, ...] = ()

    def __len__(self) -> int:
        return len(self.points)

    def at(self, which: slice | Tensor) -> PointBatch:
        """The points of a slice, or those with the given indices."""
        return self.with_tensors([tensor[which] for tensor in self.tensors])

    def joined(self, other: PointBatch) -> PointBatch:
        """These points and, after them, those of a batch of the same form."""
        pairs = zip(self.tensors, other.tensors, strict=True)
        return self.with_tensors([torch.cat(pair) for pair in pairs])

    @property
    def tensors(self) -> list[Tensor]:
        """All there are, in an order that is the same for batches of the same form."""
        normals = [] if self.normals is None else [self.normals]
        draws = [value for values in self.draws.values() for value in values]
        return [self.points, *normals, *self.columns.values(), *draws, *self.targets]

    def with_tensors(self, tensors: Sequence[Tensor]) -> PointBatch:
        """A batch of the same form with other tensors, in the order of `tensors`."""
        left = iter(tensors)
        points = next(left)
        normals = None if self.normals is None else next(left)
        columns = {column: next(left) for column in self.columns}
        draws = {site: tuple(next(left) for _ in values) for site, values in self.draws.items()}
        return PointBatch(points, normals, columns, draws, tuple(left))
