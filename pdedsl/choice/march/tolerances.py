"""The march of a problem as a method: tolerances one after another while there is time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from pdedsl.choice.allowance import Allowance
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.compiler.residual.system import build
from pdedsl.geometry import input_bounds, unit_points
from pdedsl.optimizers.gauss_newton.lstsq import LstsqOptions
from pdedsl.settings.method import Method, Sampling
from pdedsl.settings.models import BasisModel, WindowsModel

from .march import March, joined, march

TOLERANCES = (1e-5, 1e-7, 1e-9, 1e-10)
_GROWTH = 1.5  # a pass takes at least so many times as long as the one before
_POINTS = 2_000


@dataclass(frozen=True)
class Marched:
    """The finest march that was finished.

    Args:
        method: that of its windows.
        theta: its parameters.
        found: the march.
        difference: relative L2 distance to the march before; None for the first.
        end: why the next one was not finished; empty where it was not begun.
    """

    method: Method
    theta: Tensor
    found: March
    difference: float | None
    end: str = ""

    @property
    def text(self) -> str:
        """The reason for the method, in words."""
        windows = len(self.found.windows)
        text = (
            f"evolution in time: {windows} windows of at most {self.found.largest} functions, "
            f"whose lengths and elements follow the residual, at a tolerance of "
            f"{self.found.tolerance:.0e}"
        )
        if self.difference is not None:
            text += f"; the solution of a coarser tolerance differs by {self.difference:.0e}"
        return f"{text}; a finer one was not reached, as {self.end}" if self.end else text


def marched(
    lowered: LoweredProblem,
    seconds: float,
    told: Callable[[str], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Marched | str:
    """March with finer and finer tolerances.

    Args:
        lowered: a problem of which `march.cannot_march` says nothing.
        seconds: of computing, for all passes.
        told: called with a text about every window.
        should_stop: asked before every trial of a window.

    Returns:
        The finest march that was finished, or why there is none.
    """
    allowance, best, end = Allowance(seconds, should_stop), None, ""
    for tolerance in TOLERANCES:
        if best is not None and not allowance.covers(_GROWTH * best.found.seconds):
            break
        found = march(lowered, tolerance, allowance, told)
        if found.end:
            end = found.end
            break
        best = _taken(lowered, found, best)
    if best is None:
        return end
    return Marched(best.method, best.theta, best.found, best.difference, end)


def _taken(lowered: LoweredProblem, found: March, before: Marched | None) -> Marched:
    method = Method(
        model=WindowsModel(
            edges=found.edges, pieces=tuple(BasisModel(**piece) for piece in found.pieces)
        ),
        optimizer=LstsqOptions(),
        sampling=Sampling(kind="collocation"),
    )
    theta = joined(found)
    made = Marched(method, theta, found, None)
    if before is None:
        return made
    return Marched(method, theta, found, _distance(lowered, made, before))


def _distance(lowered: LoweredProblem, one: Marched, other: Marched) -> float:
    """Relative L2 distance of two solutions, the largest of all components."""
    bounds = np.array(list(input_bounds(lowered.problem).values()))
    unit = unit_points("sobol", _POINTS, len(bounds), 0)
    points = torch.from_numpy(bounds[:, 0] + (bounds[:, 1] - bounds[:, 0]) * unit)
    here, there = (_fields(lowered, found, points) for found in (one, other))
    parts = [float((here[k] - there[k]).norm() / here[k].norm()) for k in here]
    return max((part for part in parts if math.isfinite(part)), default=math.nan)


def _fields(lowered: LoweredProblem, found: Marched, points: Tensor) -> dict[str, Tensor]:
    few = dict.fromkeys(("eq", "bc", "ic"), 1)
    system = build(lowered, found.method.model.options(), few, "sobol")
    return system.fields(found.theta, points)
