r"""A linear problem with one field on a box, in the form that the theorems are about.

.. math:: \left[∂_t^m u\right] - \mathrm{div}(A \nabla u) + b·\nabla u + c u = f,
          \qquad m = 0, 1, 2

with conditions on every face: values, or normal derivatives, or periodicity. Equations that are
written otherwise are brought to it: −Σ A_ij u_ij + β·∇u has b = β + div A.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp
from sympy.core.function import AppliedUndef

from .approximation import Misfit
from .bound import UnprovedError
from .enclosure import Box, range_of

_SAFE = 1e-13  # of a constant: what rounding of lengths and sums may be in it


@dataclass(frozen=True)
class Condition:
    """What holds on a face.

    Args:
        misfit: u_h − g, or the derivative of u_h along the axis less its value.
        flux: whether it is about the derivative.
        exact: whether it holds whatever the parameters of u_h are.
    """

    misfit: Misfit
    flux: bool
    exact: bool


@dataclass(frozen=True)
class StandardForm:
    """The problem; see the module docstring.

    Args:
        component: u.
        space: the coordinates with their intervals.
        time: t with its interval; None for stationary problems.
        order: m.
        principal: A by rows, in symbols.
        drift: b.
        reaction: c.
        residual: of the equation in this form, for u_h.
        faces: coordinate and side (−1 or 1) to what holds there.
        periodic: coordinates without faces.
        initial: misfits of u and, for m = 2, of u_t at the first time.
    """

    component: AppliedUndef
    space: Box
    time: tuple[sp.Symbol, float, float] | None
    order: int
    principal: tuple[tuple[sp.Expr, ...], ...]
    drift: tuple[sp.Expr, ...]
    reaction: sp.Expr
    residual: Misfit
    faces: Mapping[tuple[sp.Symbol, int], Condition]
    periodic: frozenset[sp.Symbol]
    initial: tuple[Misfit, ...]

    @property
    def box(self) -> Box:
        """Intervals of all inputs."""
        return self.residual.box

    @property
    def duration(self) -> float:
        """T, the length of the times."""
        return 0.0 if self.time is None else self.time[2] - self.time[1]

    @property
    def flux_faces(self) -> list[tuple[sp.Symbol, int]]:
        """Those where the derivative is given."""
        return [place for place, condition in self.faces.items() if condition.flux]

    @property
    def soft(self) -> Mapping[tuple[sp.Symbol, int], Condition]:
        """The faces whose conditions may be missed."""
        return {place: own for place, own in self.faces.items() if not own.exact}

    @property
    def constants(self) -> tuple[list[float], float] | None:
        """a_i and c of −Σ a_i u_ii + c u with constant a_i > 0 and c; None for other operators."""
        off = [a for i, row in enumerate(self.principal) for j, a in enumerate(row) if i != j]
        diagonal = [row[i] for i, row in enumerate(self.principal)]
        if any(a != 0 for a in (*off, *self.drift)):
            return None
        if any(a.free_symbols for a in (*diagonal, self.reaction)):
            return None
        found = [float(a) for a in diagonal]
        return (found, float(self.reaction)) if min(found, default=0.0) > 0 else None

    def ellipticity(self) -> list[float]:
        """a_i with ξ·Aξ ≥ Σ a_i ξ_i² everywhere, by the rows of A (Gershgorin).

        Raises:
            UnprovedError: one of them may be negative.
        """
        found = []
        for i, row in enumerate(self.principal):
            rest = sum(max(map(abs, range_of(a, self.box))) for j, a in enumerate(row) if j != i)
            found.append(range_of(row[i], self.box)[0] - rest)
        if min(found, default=0.0) < 0:
            raise UnprovedError("the operator is not known to be elliptic everywhere")
        return found

    def rate(self) -> float:
        """The least value of c − (div b)/2."""
        divergence = sp.Add(*map(sp.diff, self.drift, self.space))
        return range_of(self.reaction - divergence / 2, self.box)[0]

    def first_eigenvalue(self, axis: sp.Symbol) -> float:
        """λ of −u'' = λ u along a coordinate, with zero data of the kinds of its faces."""
        kinds = [self.faces[axis, side].flux for side in (-1, 1) if (axis, side) in self.faces]
        low, high = self.space[axis]
        waves = kinds.count(False) / 2  # half a wave between values, a quarter from one to a slope
        return float((1 - _SAFE) * (math.pi * waves / (high - low)) ** 2)
