"""How the points of a law are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from pdedsl.geometry.arrays import Array
from pdedsl.models.bases.polar_columns import PolarColumns

Weighted = tuple[Array, Array | None]
Lines = Mapping[int, tuple[Array, Array]]
"""Column of an input to nodes on its interval and weights with the sum 1."""


@dataclass(frozen=True)
class Drawing:
    """How points are drawn.

    Args:
        kind: see `geometry.sampling`.
        seed: any integer; laws and their faces draw sequences of their own.
        label: of the law.
        clouds: functions with points of their own, see `clouds`.
        lines: for ``gauss``, the rule of each input in place of one with as many nodes in all.
    """

    kind: str
    seed: int
    label: str
    lines: Lines | None = None
    clouds: tuple[PolarColumns, ...] = ()

    def seed_of(self, part: int) -> int:
        """The seed of a part of the law's place."""
        entropy = (abs(self.seed), crc32(self.label.encode()), part)
        return int(np.random.SeedSequence(entropy).generate_state(1)[0])


class EmptyPlace(Exception):
    """No point of a place satisfies its condition, or lies in its set."""
