"""Standard deviations of the numbers and fields of a fit, and the numbers it does not fix."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from pdedsl.choice.fitting.tuning import FITTING
from pdedsl.compiler.lowering.groups import Network
from pdedsl.estimates.estimate import Squares
from pdedsl.estimates.norms import integration_rule
from pdedsl.ir import OnData
from pdedsl.models import jet_table
from pdedsl.models.parameters import Reader

from .chi_square import ChiSquare, chi_squares
from .combinations import Combination, fixed_combination, kept_combination
from .covariance import Covariance, covariance_of
from .loose import loose_direction
from .unseen import SAME, moved_by

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem

_MOST_DIRECTIONS = 60  # of the noise, for fields: a fit has few that its equations leave; a choice
_SMALL = 1e-3  # part of the largest deviation of θ, below which a direction says nothing; a choice
_STEP = 1e-4  # of the size of θ: derivatives by central differences have errors of its square
_NEAR_BOUND = 1e-2  # of the distance of its guess from a bound, within which it may count
_LEAST = 1e-12  # of that distance, within which raw parameters do not move a number; a choice
_DRIVEN = 3.0  # deviations that noise draws a number beyond a bound; a choice
_LOOSE = (
    1e-3  # relative change of a combination that is none, along what only a dent fixes; a choice
)
_FREE = 1e-6  # part of a direction that lies in the numbers; rounding leaves 1e-10


@dataclass(frozen=True)
class Undetermined:
    """Numbers that laws and data leave free.

    Args:
        numbers: their names.
        kept: the combination of them that is fixed, such as ``a*b``; None where none is known.
    """

    numbers: tuple[str, ...]
    kept: Combination | None


@dataclass(frozen=True)
class Uncertainty:
    """Of what a fit finds, one standard deviation each.

    Args:
        numbers: deviation by name, from the noise and from how far the training is from its end.
        correlations: of each two numbers, by their names.
        combination: what is fixed of numbers that are known far worse one by one.
        squares: by component the integrals of the variance and of the square of the field.
        undetermined: numbers that are not fixed, where there are some.
        at_bounds: numbers that have come to a bound.
        chi_squares: of each fit that states its noise.
        spare: data of each other fit, by its label, beyond those that numbers and fields follow,
            which alone tell its noise.
        directions: D with the covariance D Dᵀ of the parameters θ, without what is small, shape
            (P, k); None where it is not known, or has too many columns.
    """

    numbers: Mapping[str, float] = field(default_factory=dict)
    correlations: Mapping[tuple[str, str], float] = field(default_factory=dict)
    combination: Combination | None = None
    squares: Mapping[str, Squares] = field(default_factory=dict)
    undetermined: Undetermined | None = None
    at_bounds: tuple[str, ...] = ()
    chi_squares: tuple[ChiSquare, ...] = ()
    spare: Mapping[str, float] = field(default_factory=dict)
    directions: Tensor | None = field(default=None, compare=False, repr=False)


def uncertainty_of(system: ResidualSystem, theta: Tensor) -> Uncertainty:
    """The uncertainty; empty without unknown numbers and without a fit, and where it is not known.

    Numbers that the data drive beyond a bound stay there. Where noise draws them beyond it they
    have the deviation that they have without the bound, and so have the others: with the bound
    they would be told as exact as if the number were known.

    Args:
        system: with the rows and weights of the training.
        theta: its minimum, shape (P,).
    """
    fits = any(isinstance(law.place, OnData) for law in system.problem.laws)
    if not fits and not system.ansatz.numbers:
        return Uncertainty()
    theta = _where_raw_moves(system, theta)
    found = covariance_of(system, theta)
    if found is None:
        return Uncertainty(chi_squares=chi_squares(system, theta, None))
    at, numbers = system.ansatz.numbers_at, system.ansatz.numbers
    ends = _ends(system, theta, found)
    if ends.driven:
        found = covariance_of(system, theta, [at + i for i in ends.driven])
        assert found is not None
    if ends.drawn:  # the step that is left is not theirs
        still = covariance_of(system, theta, [at + i for i in (*ends.drawn, *ends.driven)])
        assert still is not None
        found = replace(found, left=still.left)
    fixed = tuple(numbers[i].name for i in ends.driven)
    drawn = frozenset(numbers[i].name for i in ends.drawn)
    squares = chi_squares(system, theta, found.followed)
    made = _Spread(system, theta, found, fixed, drawn).all()
    return replace(made, at_bounds=fixed, chi_squares=squares, spare=found.spare)


def _where_raw_moves(system: ResidualSystem, theta: Tensor) -> Tensor:
    """θ with numbers so far from their bounds that their raw parameters move them."""
    theta, at = theta.clone(), system.ansatz.numbers_at
    for i, number in enumerate(system.ansatz.numbers):
        value = float(number.value(theta[at + i]))
        for bound in (number.lower, number.upper):
            if bound is None:
                continue
            least = _LEAST * abs(number.guess - bound)
            if abs(value - bound) < least:
                moved = bound + math.copysign(least, number.guess - bound)
                theta[at + i] = replace(number, guess=moved).raw()
    return theta


@dataclass(frozen=True)
class _Ends:
    """Numbers near a bound from which the data draw them beyond it, by their indices.

    Args:
        drawn: by no more than noise does.
        driven: by more.
    """

    drawn: list[int]
    driven: list[int]


def _ends(system: ResidualSystem, theta: Tensor, found: Covariance) -> _Ends:
    at, ends = system.ansatz.numbers_at, _Ends([], [])
    for i, number in enumerate(system.ansatz.numbers):
        raw = theta[at + i]
        value, slope = float(number.value(raw)), float(number.slope(raw))
        deviation = 0.0 if found.root is None else abs(slope) * float(found.root[at + i].norm())
        wanted = value - slope * float(found.left[at + i])
        for bound, beyond in ((number.lower, -1), (number.upper, 1)):
            if bound is None or abs(value - bound) > _NEAR_BOUND * abs(number.guess - bound):
                continue
            excess = beyond * (wanted - bound)
            if excess >= 0:
                (ends.driven if excess > _DRIVEN * deviation else ends.drawn).append(i)
    return ends


class _Spread:
    """What follows from a covariance."""

    def __init__(
        self,
        system: ResidualSystem,
        theta: Tensor,
        covariance: Covariance,
        fixed: Collection[str],
        drawn: Collection[str],
    ) -> None:
        self._system, self._theta, self._covariance = system, theta, covariance
        self._names, self._fixed = [number.name for number in system.ansatz.numbers], fixed
        self._drawn = drawn
        at = system.ansatz.numbers_at
        own = zip(system.ansatz.numbers, theta[at:], strict=True)
        self._slopes = torch.tensor([float(n.slope(raw)) for n, raw in own], dtype=torch.float64)

    def all(self) -> Uncertainty:
        undetermined = self._undetermined()
        if undetermined is not None:
            return Uncertainty(undetermined=undetermined)
        if self._covariance.root is None:
            return Uncertainty()
        at = self._system.ansatz.numbers_at
        root = self._root_of_numbers
        left = self._slopes * self._covariance.left[at:]
        deviations = (root.square().sum(1) + left.square()).sqrt().tolist()
        noise = root.norm(dim=1)
        correlations = {
            (self._names[i], self._names[k]): float(root[i] @ root[k] / (noise[i] * noise[k]))
            for i in range(len(noise)) for k in range(i) if noise[i] > 0 and noise[k] > 0
        }  # fmt: skip
        pairs = zip(self._names, deviations, strict=True)
        numbers = {name: own for name, own in pairs if name not in self._fixed}
        own = self._covariance.root.clone()
        own[at:][[name in self._drawn for name in self._names]] = 0  # no size to differ by
        directions = _directions(own)
        fields = {} if directions is None else self._of_fields(directions)
        free = [name not in self._fixed for name in self._names]
        best = fixed_combination({n: self._values[n] for n in numbers}, root[free].numpy())
        return Uncertainty(numbers, correlations, best, fields, directions=directions)

    def _undetermined(self) -> Undetermined | None:
        """The first direction in which numbers can change, with fields that follow them."""
        at = self._system.ansatz.numbers_at
        free = self._covariance.free[at:].clone()
        free[[name in self._fixed for name in self._names]] = 0
        directions, parts, _ = torch.linalg.svd(free) if free.numel() else (free, [0.0], None)
        if float(parts[0]) <= _FREE:
            loose = loose_direction(self._system, self._theta, self._covariance)
            if loose is None or self._fixed:
                return self._far_too_wide()
            return self._free_along(loose, _LOOSE)
        return self._free_along(directions[:, 0] / self._covariance.lengths[at:], SAME)

    def _far_too_wide(self) -> Undetermined | None:
        """Numbers whose deviations are many times their values and guesses."""
        root, values = self._root_of_numbers, self._values
        pairs = zip(self._system.ansatz.numbers, root.norm(dim=1).tolist(), strict=True)
        wide = [
            number.name for number, deviation in pairs
            if deviation > FITTING.loose * (max(abs(values[number.name]), abs(number.guess)) or 1.0)
        ]  # fmt: skip
        return Undetermined(tuple(wide), fixed_combination(values, root.numpy())) if wide else None

    def _free_along(self, direction: Tensor, same: float) -> Undetermined:
        """What a direction of the raw numbers leaves free, and what it keeps."""
        changes = (self._slopes * direction).tolist()
        guesses = {number.name: number.guess for number in self._system.ansatz.numbers}
        values, moved = self._values, moved_by(self._values, changes, guesses)
        kept = kept_combination(values, moved, self._root_of_numbers.numpy(), same)
        return Undetermined(tuple(moved), kept)

    @property
    def _values(self) -> dict[str, float]:
        found = self._system.numbers(self._theta)
        return {name: float(found[name]) for name in self._names}

    @property
    def _root_of_numbers(self) -> Tensor:
        """C of their covariance C Cᵀ, shape (numbers, k)."""
        root = self._covariance.root
        if root is None:
            return self._slopes.new_zeros(len(self._slopes), 1)
        return self._slopes[:, None] * root[self._system.ansatz.numbers_at :]

    def _of_fields(self, directions: Tensor) -> dict[str, Squares]:
        """By component the integrals of its variance and of its square."""
        found = {}
        for network in self._system.networks:
            points, weights = integration_rule(self._system.problem, network)
            values = _values(network, self._theta, points)
            variance = torch.zeros_like(values)
            for above, below, length in ends_along(self._theta, directions):
                ends = [_values(network, theta, points) for theta in (above, below)]
                variance += ((ends[0] - ends[1]) / length).square()
            pairs = zip(network.group.components, variance.T, values.T, strict=True)
            for name, square, value in pairs:
                found[name] = Squares(float(weights @ square), float(weights @ value.square()))
        return found


def _directions(root: Tensor) -> Tensor | None:
    """The columns of a root that are not small; None where there are too many."""
    sizes = root.norm(dim=0)
    kept = root[:, sizes > _SMALL * sizes.max()]
    return kept if kept.shape[1] <= _MOST_DIRECTIONS else None


def ends_along(theta: Tensor, directions: Tensor) -> Iterator[tuple[Tensor, Tensor, float]]:
    """Two states along each direction, and what their difference is of it, for derivatives.

    Args:
        theta: the state, shape (P,).
        directions: shape (P, k).
    """
    for step in directions.T.to(theta):
        part = _STEP * float(theta.norm() / step.norm())
        yield theta + part * step, theta - part * step, 2 * part


def _values(network: Network, theta: Tensor, points: Tensor) -> Tensor:
    """Of the components of a network at points (n, inputs), shape (n, components)."""
    table = jet_table(points.shape[1], frozenset())
    with torch.no_grad():
        found: Tensor = network.model.jet(Reader(theta, network.offset), points.to(theta), table)[0]
    return found.double()
