"""What every basis offers, and its options."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    TypeAdapter,
    WrapValidator,
    model_validator,
)
from torch import Tensor

from pdedsl.models.inputs import Axis
from pdedsl.models.jets.multiindices import MultiIndex
from pdedsl.models.model import Model, ModelOptions
from pdedsl.options.section import Flag, Positive, Tally, fault_of

from .polar_columns import PolarColumns

Family = Literal[
    "mixed", "fourier", "sine", "cosine", "legendre", "chebyshev", "random_fourier", "random_tanh"
]
IndexSet = Literal["box", "total"]
Frequencies = NDArray[np.float64]

LARGEST = 20_000
"""The most functions of a basis."""

LARGEST_GRID = 60_000
"""The same where they are all products of functions of the axes: sums of them are taken axis by
axis, so that a march of windows with so many is looked at without a matrix of all of them."""

Modes = Annotated[int, Field(strict=True, ge=1, le=LARGEST)]
Extension = Annotated[float, Field(strict=True, ge=1)]
Breaks = tuple[tuple[Annotated[float, Field(strict=True)], ...], ...]

_ONE: TypeAdapter[int] = TypeAdapter(Modes)
_EACH: TypeAdapter[tuple[int, ...]] = TypeAdapter(tuple[Modes, ...])


def _modes(value: Any, _: Any) -> int | tuple[int, ...]:
    """A number or a list, so that a fault is told of the one that was meant."""
    return (_EACH if isinstance(value, list | tuple) else _ONE).validate_python(value)


AxisModes = Annotated[int | tuple[int, ...], WrapValidator(_modes)]


def _pairs(value: Any) -> Any:
    """A table by name as pairs in the order of the names, which options are compared by."""
    return tuple(sorted(value.items())) if isinstance(value, dict) else value


DomainModes = Annotated[
    tuple[tuple[str, Modes], ...], BeforeValidator(_pairs), PlainSerializer(dict)
]


class Basis(Protocol):
    """Functions φ_1 … φ_size of the axes.

    Attributes:
        axes: the inputs.
        size: number of functions.
        frequencies: wave vector of each function in radians per unit of length, shape
            (size, d), for plane waves, sines and cosines; None for the others.
        phases: ``"1"``, ``"cos"`` or ``"sin"`` for each plane wave; empty for the others.
        labels: a readable name of each function, in the scaled variable ξ_i of each axis:
            2π(x_i − c_i)/T_i for plane waves, π(x_i − a_i)/L_i for sines and cosines, the map
            to [−1, 1] for polynomials. Splines are numbered along their axis.
        diagonalises: whether every operator with constant coefficients maps the span of each
            cosine and sine of one wave vector to itself, and these spans are orthogonal.
    """

    axes: tuple[Axis, ...]
    size: int
    phases: tuple[str, ...]
    diagonalises: bool

    @property
    def frequencies(self) -> Frequencies | None:
        """See above."""

    @property
    def labels(self) -> tuple[str, ...]:
        """See above."""

    def derivatives(self, points: Tensor, indices: Sequence[MultiIndex]) -> Tensor:
        """Derivatives ∂^α φ_j at points of shape (n, d): (len(indices), n, size)."""


@runtime_checkable
class AnalyticBasis(Basis, Protocol):
    """Functions that are analytic in the whole space, for all or some of their families."""

    def majorants(self, indices: Sequence[MultiIndex], rhos: Sequence[float]) -> Tensor | None:
        """At least sup |∂^α φ_j| where each x_i is in the ellipse of ρ_i around its axis.

        See `AnalyticLine` for the ellipses.

        Returns:
            Shape (len(indices), size), float64; None where a function is not analytic.
        """


class BasisOptions(ModelOptions):
    """A basis with coefficients; see `build_basis` for the families.

    Args:
        family: the functions.
        modes: K, the highest wave number or degree; with a list, K_i of each axis.
        domain_modes: K of the fields of some domains, by the name of the domain, in place of
            ``modes``.
        index: ``box``: |n_i| ≤ K_i in every axis; ``total``: Σ_i |n_i| ≤ K, for one K and
            without splines.
        features: number of random features.
        bandwidth: deviation of their frequencies, on axes scaled to [−1, 1].
        seed: of the random features.
        extension: the period of plane waves in an axis that is not periodic, as a multiple of
            its length. Above 1 this is a Fourier extension (Huybrechs, SIAM J. Numer. Anal. 47,
            2010), which also represents functions that are not periodic, with redundant
            functions.
        breaks: inner break points of each axis, for the family ``mixed``: an axis that has some
            gets splines of the degree ``modes`` with these breaks, see `splines`; empty for none.
        smoothness: s, splines are C^s at the breaks; less than their degree.
        columns: further functions, which solutions on shapes have at corners and around holes;
            see `polar_functions`.
        preconditioner: ``symbol`` scales every function by the symbol of the operator, ``full``
            takes the inverse root of the whole matrix of the loss, for a `TransformedBasisOptions`;
            ``auto`` takes the one of them that the analysis of the problem is for.
        gamma: γ, the scale of functions that the operator maps to zero.
        analysed: take the functions, γ and the weights of the loss from an analysis of the
            problem where they are not given; see `pdedsl.choice.analysed_basis`.
    """

    kind: Literal["basis"] = "basis"
    family: Family = "mixed"
    modes: AxisModes = 10
    domain_modes: DomainModes = ()
    index: IndexSet = "box"
    features: Modes = 100
    bandwidth: Positive = 2.0
    seed: Tally = 0
    extension: Extension = 1.0
    breaks: Breaks = ()
    smoothness: Tally = 2
    columns: tuple[PolarColumns, ...] = ()
    preconditioner: Literal["none", "symbol", "full", "auto"] = "none"
    gamma: Positive = 10.0
    analysed: Flag = False

    def in_domain(self, domain: str | None) -> BasisOptions:
        """See `ModelOptions.in_domain`: its own modes, and the columns of all domains and its own.

        Once more for the same domain it changes nothing.
        """
        own = tuple(c for c in self.columns if c.domain in ("", domain))
        modes = dict(self.domain_modes).get(domain or "", self.modes)
        if modes == self.modes and len(own) == len(self.columns) and not self.domain_modes:
            return self
        return self.model_copy(update={"modes": modes, "columns": own, "domain_modes": ()})

    def build(self, axes: tuple[Axis, ...], outputs: int) -> Model:
        """See `ModelOptions.build`."""
        from .model import BasisModel

        return BasisModel(self, axes, outputs)

    @property
    def by_axis(self) -> bool:
        """Whether every axis has a number of functions of its own: all products are taken."""
        return not isinstance(self.modes, int) or any(self.breaks)

    def modes_of(self, axis: int) -> int:
        """K of an axis, counted from 0."""
        return self.modes if isinstance(self.modes, int) else self.modes[axis]

    def breaks_of(self, axis: int) -> tuple[float, ...]:
        """Inner break points of an axis, counted from 0; empty where it has no splines."""
        return self.breaks[axis] if self.breaks else ()

    @model_validator(mode="after")
    def _auto_is_analysed(self) -> BasisOptions:
        if self.preconditioner == "auto" and not self.analysed:
            raise fault_of(
                "the preconditioner auto comes from the analysis; set analysed = true, or write "
                "symbol or full",
                "preconditioner",
            )
        return self

    @model_validator(mode="after")
    def _functions_of_each_axis(self) -> BasisOptions:
        place = "breaks" if self.breaks else "modes"
        if self.modes == ():
            raise fault_of(
                "modes must be a number, or one for each axis, but the list is empty", place
            )
        if self.by_axis and self.index != "box":
            raise fault_of(
                f'index must be "box" with modes for each axis or with breaks, but it is '
                f'"{self.index}"',
                place,
            )
        if isinstance(self.modes, tuple) and self.breaks and len(self.modes) != len(self.breaks):
            raise fault_of(
                f"modes and breaks must be for the same axes, but there are {len(self.modes)} "
                f"modes and breaks of {len(self.breaks)} axes",
                place,
            )
        if self.by_axis and (self.analysed or self.preconditioner != "none"):
            raise fault_of(
                "the analysis and the preconditioners are for one number of modes and without "
                'breaks; set analysed = false and preconditioner = "none"',
                place,
            )
        return self

    @model_validator(mode="after")
    def _splines(self) -> BasisOptions:
        if any(self.breaks) and self.family != "mixed":
            raise fault_of(f'breaks need the family "mixed", but it is "{self.family}"', "breaks")
        for axis, own in enumerate(self.breaks):
            if any(a >= b for a, b in pairwise(own)):
                raise fault_of(
                    f"breaks of axis {axis + 1} must be increasing numbers, but they are "
                    f"{list(own)}",
                    "breaks",
                )
            if own and self.modes_of(axis) <= self.smoothness:
                raise fault_of(
                    f"modes, the degree of the splines of axis {axis + 1}, must exceed "
                    f"smoothness = {self.smoothness}, but it is {self.modes_of(axis)}",
                    "breaks",
                )
        return self
