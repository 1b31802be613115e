"""What is measured at one iteration, and its line in ``watch.jsonl``.

Keys of a line: ``iteration``; ``seconds`` since training began; ``loss``; ``weights`` by law;
``gradients``: part of θ to law to ``[lowest edge, highest edge, [count in each cell]]``;
``hessian``: ``largest`` and ``smallest`` eigenvalue of ∇²L; ``tangent``: ``largest``, ``kappa`` and
``rank`` of JᵀJ, and ``drift``, the relative change of the tangent kernel of the fields since the
first state; ``bands``: sizes by wave number, each with ``name``, ``axis``, ``of`` (``error`` or
``residual``), ``family``, ``wave_numbers``, ``sizes`` and ``known`` (those of the exact solution);
``left_out``: what could not be measured, and why. What is not measured at an iteration is null.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from pdedsl.conditioning.networks.histograms import Histogram
from pdedsl.geometry.arrays import Array
from pdedsl.runs import dumps

Histograms = dict[str, dict[str, Histogram]]


@dataclass(frozen=True, eq=False)
class Bands:
    """The size of an error or a residual by wave number along one axis.

    Args:
        name: component, or row of a law.
        axis: name of the input.
        of: ``error`` or ``residual``.
        family: of the waves, see `wave_numbers`.
        wave_numbers: ξ, shape (bands,).
        sizes: root mean square of the part of each wave.
        known: the same of the exact solution; None for a residual.
    """

    name: str
    axis: str
    of: str
    family: str
    wave_numbers: Array
    sizes: Array
    known: Array | None


@dataclass(frozen=True)
class HessianEnds:
    """Eigenvalues of ∇²L; the smallest is not looked for at every state."""

    largest: float
    smallest: float | None


@dataclass(frozen=True)
class TangentKernel:
    """JᵀJ with rows scaled as in the loss, and the tangent kernel of the fields.

    Args:
        largest: λ_max(JᵀJ).
        kappa: largest over smallest eigenvalue that counts as non-zero.
        rank: number of these.
        drift: ‖K(θ) − K(θ_0)‖_F / ‖K(θ_0)‖_F of the kernel ∂u/∂θ (∂u/∂θ)ᵀ at points that stay.
    """

    largest: float
    kappa: float
    rank: int
    drift: float


@dataclass(frozen=True, eq=False)
class Moment:
    """See the module docstring."""

    iteration: int
    seconds: float
    loss: float
    weights: dict[str, float]
    gradients: Histograms | None = None
    hessian: HessianEnds | None = None
    tangent: TangentKernel | None = None
    bands: tuple[Bands, ...] | None = None
    left_out: dict[str, str] = field(default_factory=dict)

    def line(self) -> str:
        """The moment as one line of JSON; numbers of bands and edges have six digits."""
        data: dict[str, Any] = {
            "iteration": self.iteration,
            "seconds": self.seconds,
            "loss": self.loss,
            "weights": self.weights,
            "gradients": None if self.gradients is None else _packed(self.gradients),
            "hessian": None if self.hessian is None else asdict(self.hessian),
            "tangent": None if self.tangent is None else asdict(self.tangent),
            "bands": None if self.bands is None else [_shortened(vars(b)) for b in self.bands],
            "left_out": self.left_out,
        }
        return dumps(data, None) + "\n"

    @classmethod
    def of_line(cls, line: str) -> Moment:
        """The moment of such a line.

        Raises:
            ValueError: it is none, or it was cut off.
        """
        try:
            data = json.loads(line)
            return cls(**data | {
                "gradients": _given(data["gradients"], _unpacked),
                "hessian": _given(data["hessian"], lambda own: HessianEnds(**own)),
                "tangent": _given(data["tangent"], lambda own: TangentKernel(**own)),
                "bands": _given(data["bands"], lambda own: tuple(map(_bands, own))),
            })  # fmt: skip
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a moment of a training: {error}") from error


def _given(data: Any, read: Any) -> Any:
    return None if data is None else read(data)


def _packed(histograms: Histograms) -> dict[str, Any]:
    return {
        part: {
            label: [
                _rounded(float(own.edges[0])), _rounded(float(own.edges[-1])),
                own.counts.astype(int),
            ]
            for label, own in laws.items()
        }
        for part, laws in histograms.items()
    }  # fmt: skip


def _unpacked(data: Mapping[str, Any]) -> Histograms:
    return {
        part: {
            label: Histogram(
                np.linspace(low, high, len(counts) + 1), np.asarray(counts, dtype=np.float64)
            )
            for label, (low, high, counts) in laws.items()
        }
        for part, laws in data.items()
    }


def _shortened(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: [_rounded(float(x)) for x in value] if isinstance(value, np.ndarray) else value
        for key, value in data.items()
    }


def _rounded(number: float) -> float:
    return float(f"{number:.6g}")


def _bands(data: Mapping[str, Any]) -> Bands:
    arrays: dict[str, Any] = {
        key: None if data[key] is None else np.asarray(data[key], dtype=np.float64)
        for key in ("wave_numbers", "sizes", "known")
    }
    return Bands(**{**data, **arrays})
