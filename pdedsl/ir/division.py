"""How a problem was divided into parts, so that what belongs together can be found again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from sympy.core.function import AppliedUndef

Joint = Literal["value", "flux", "residual"]
"""What is equal on both sides of an interface."""


@dataclass(frozen=True)
class Part:
    """A part of a divided problem.

    Args:
        domain: name of its domain.
        components: those of the whole problem to those of this part.
        laws: label of a law of the whole problem to that of the law on this part.
    """

    domain: str
    components: Mapping[AppliedUndef, AppliedUndef]
    laws: Mapping[str, str]


@dataclass(frozen=True)
class Division:
    """The parts of a divided problem.

    Args:
        cuts: input to the ascending positions where it is cut.
        parts: one for each combination of pieces of the inputs, the last of them fastest.
        joints: label of a law on an interface to what it makes equal.
        notes: sentences that a user should read about the way in which the parts are joined.
    """

    cuts: Mapping[sp.Symbol, tuple[float, ...]]
    parts: tuple[Part, ...]
    joints: Mapping[str, Joint] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def numbers(self, columns: Mapping[sp.Symbol, NDArray[np.float64]]) -> NDArray[np.int64]:
        """For each point, the place in `parts` of the one that it lies in.

        A point that several parts share is in the first, one beyond all is in the nearest.

        Args:
            columns: input to its values, shape (n,).
        """
        shape = [len(cuts) + 1 for cuts in self.cuts.values()]
        places = [np.searchsorted(cuts, columns[axis]) for axis, cuts in self.cuts.items()]
        return np.ravel_multi_index(places, shape)
