"""What the analysis of a network finds, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pdedsl.geometry.arrays import Array

from .coupled import Coupled
from .training import State

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem
    from pdedsl.conditioning.networks.drift import Drift
    from pdedsl.conditioning.spectrum import Spectrum


@dataclass(frozen=True, eq=False)
class Tangent:
    """The Gram matrix JᵀJ of a model at a state.

    Args:
        parameters: P.
        spectrum: of JᵀJ, rows scaled as in the loss.
        counts: cut-off relative to λ_max to the number of eigenvalues above it.
        participation: (Σμ)²/Σμ².
        decades: between the 10th and the 90th percentile of the non-zero eigenvalues.
        left: steps of gradient descent of size 1/λ_max to the part of the loss that is left
            after them, for the residual linearised at this state.
    """

    parameters: int
    spectrum: Spectrum
    counts: dict[float, int]
    participation: float
    decades: float
    left: dict[int, float]

    @property
    def largest(self) -> float:
        """λ_max."""
        return float(self.spectrum.values[0])


@dataclass(frozen=True, eq=False)
class Gradients:
    """The gradient of the loss at a state, by law and by part of θ.

    Args:
        entries: part to label of the law to its entries; the sum over the laws is the gradient.
        leveling: label of a condition to the weight that would level its gradient with that of
            the equations; see `pdedsl.conditioning.networks.gradients.annealing_ratios`.
    """

    entries: dict[str, dict[str, Array]]
    leveling: dict[str, float]

    def of_law(self, label: str) -> Array:
        """All entries of a law, shape (P,)."""
        return np.concatenate([laws[label] for laws in self.entries.values()])

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the laws."""
        return tuple(next(iter(self.entries.values()), {}))


@dataclass(frozen=True)
class Curvature:
    """Eigenvalues of the Hessian ∇²L at a state.

    Args:
        largest: λ_max(∇²L).
        smallest: λ_min(∇²L) at the first and the last state, else None.
        linearised: 2 λ_max(JᵀJ), which is the same where r is affine in θ.
    """

    largest: float
    smallest: float | None
    linearised: float


@dataclass(frozen=True, eq=False)
class ComparedModel:
    """A model at its first parameters.

    Args:
        name: in words.
        model: kind and options.
        tangent: None where there is none.
        reason: why there is none.
        rows: of its residual, the same for all that are compared.
    """

    name: str
    model: Mapping[str, Any]
    tangent: Tangent | None
    reason: str = ""
    rows: int = 0


@dataclass(frozen=True, eq=False)
class NetworkReport:
    """Everything that `measure_network` finds.

    Args:
        origin: problem, method, seed: see `pdedsl.solution.summary.origin`.
        system: on which everything was measured.
        states: of the training.
        status: how the training ended.
        reason: the same in a sentence.
        seconds: of the training.
        notes: what differs from a solve by the same method.
        start: JᵀJ at the first state.
        end: JᵀJ at the last state.
        curvature: of each state.
        gradients: at the first and the last state.
        drift: of JJᵀ over the states.
        comparison: other models at their first parameters.
        coupled: the matrix of all parts at the last state, where the domain is split.
    """

    origin: dict[str, Any]
    system: ResidualSystem
    states: tuple[State, ...]
    status: str
    reason: str
    seconds: float
    notes: tuple[str, ...]
    start: Tangent
    end: Tangent
    curvature: tuple[Curvature, ...]
    gradients: tuple[Gradients, Gradients]
    drift: Drift
    comparison: tuple[ComparedModel, ...]
    coupled: Coupled | None = None

    @property
    def iterations(self) -> tuple[int, ...]:
        """Of the states."""
        return tuple(state.iteration for state in self.states)

    @property
    def no_green(self) -> str:
        """Why there is no Green's function; empty where there is one."""
        from .green import obstacle

        return obstacle(self.system)
