"""A narrow feature: points at which a known term changes fast, in which directions, how fast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import sympy as sp

from pdedsl.geometry.arrays import Array


@dataclass(frozen=True, eq=False)
class FeaturePoint:
    """One point of a feature.

    Args:
        centre: the point, shape (inputs,).
        axes: the k directions in which the term changes fast, shape (k, inputs); each as long as
            the box of the place is along it.
        widths: over which it changes, as a part of that length, shape (k,); 0 for a jump or kink.
        beside: columns of further inputs that tell where it is, such as those of a curve.
    """

    centre: Array
    axes: Array
    widths: Array
    beside: tuple[int, ...] = ()

    @property
    def width(self) -> float:
        """The least width, in the units of the inputs."""
        return float(np.min(self.widths * np.linalg.norm(self.axes, axis=1)))

    @property
    def fast(self) -> tuple[int, ...]:
        """Columns of the inputs along which the term changes fast."""
        parts = np.abs(self.axes) / np.maximum(np.abs(self.axes).max(axis=1), 1e-300)[:, None]
        return tuple(np.flatnonzero((parts > 0.1).any(axis=0)).tolist())

    @property
    def told(self) -> tuple[int, ...]:
        """Columns of the inputs that tell where it is."""
        return tuple(sorted({*self.fast, *self.beside}))


@dataclass(frozen=True, eq=False)
class Feature:
    """A part of a known term that changes fast near some points.

    Args:
        part: the node of the term that does, such as an exponential.
        points: single ones, or a sample of the curve or surface on which they lie.
        isolated: whether there are no others near them.
    """

    part: sp.Expr
    points: tuple[FeaturePoint, ...]
    isolated: bool

    @property
    def width(self) -> float:
        """The least width of all points, in the units of the inputs."""
        return min(point.width for point in self.points)

    @property
    def sharp(self) -> bool:
        """Whether it is a jump or a kink."""
        return self.width == 0.0


def describe(point: FeaturePoint, inputs: tuple[sp.Symbol, ...]) -> str:
    """``x = 0.3137 (width 0.0001)``: the coordinates that tell the place."""
    place = ", ".join(f"{inputs[i]} = {point.centre[i]:.6g}" for i in point.told)
    return f"{place} (width {point.width:.2g})" if point.width else place
