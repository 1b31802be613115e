"""The march of a problem as a method: tolerances one after another while there is time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from pdedsl.choice.allowance import Allowance
from pdedsl.choice.tuning import BUDGET, MARCH
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.compiler.residual.build import build
from pdedsl.geometry import hull_bounds, unit_points
from pdedsl.models.windows import WindowsOptions
from pdedsl.optimizers.gauss_newton.lstsq import LstsqOptions
from pdedsl.settings.method import Method, Sampling

from .march import March, march


@dataclass(frozen=True)
class FinestMarch:
    """The march with the least tolerance that came to the end of time.

    Args:
        method: that of its windows.
        theta: its parameters.
        march: its windows.
        difference: relative L2 distance to the march before; None for the first.
        end: why the next one was not finished, or not begun; empty for the last of all.
    """

    method: Method
    theta: Tensor
    march: March
    difference: float | None = None
    end: str = ""

    @property
    def text(self) -> str:
        """The reason for the method, in words."""
        windows = len(self.march.windows)
        text = (
            f"evolution in time: {windows} windows of at most {self.march.largest} functions, "
            f"whose lengths and elements follow the residual, at a tolerance of "
            f"{self.march.tolerance:.0e}"
        )
        if self.difference is not None:
            text += f"; the solution of a coarser tolerance differs by {self.difference:.0e}"
        return f"{text}; a finer one was not reached, as {self.end}" if self.end else text


def march_finely(
    lowered: LoweredProblem,
    seconds: float,
    whole: Allowance,
    notify: Callable[[str], None] | None = None,
) -> FinestMarch | str:
    """March with finer and finer tolerances.

    Args:
        lowered: a problem of which `march.cannot_march` says nothing.
        seconds: the budget, of which all tolerances together have a share.
        whole: of all that is done for the budget.
        notify: called with a text about every window.

    Returns:
        The finest march that was finished, or why there is none.
    """
    allowance, best, end = whole.until(BUDGET.march).part(BUDGET.march * seconds), None, ""
    for tolerance in MARCH.tolerances:
        if best is not None and not allowance.covers(BUDGET.march_growth * best.march.seconds):
            end = "it was stopped" if allowance.stopped else "the time is spent"
            break
        found = march(lowered, tolerance, allowance, notify)
        if found.end:
            end = found.end
            break
        method = Method(
            model=WindowsOptions(edges=found.edges, pieces=found.pieces),
            optimizer=LstsqOptions(),
            sampling=Sampling(kind="collocation"),
        )
        finer = FinestMarch(method, found.theta, found)
        if best is not None:
            finer = replace(finer, difference=_distance(lowered, finer, best))
        best = finer
    return end if best is None else replace(best, end=end)


def _distance(lowered: LoweredProblem, one: FinestMarch, other: FinestMarch) -> float:
    """Relative L2 distance of two solutions, the largest of all components."""
    bounds = np.array(list(hull_bounds(lowered.problem).values()))
    unit = unit_points("sobol", MARCH.compared, len(bounds), 0)
    points = torch.from_numpy(bounds[:, 0] + (bounds[:, 1] - bounds[:, 0]) * unit)
    here, there = (_fields(lowered, found, points) for found in (one, other))
    sizes = {name: float(values.norm()) for name, values in here.items()}
    # Below this a field is rounding of the others.
    least = MARCH.no_digit / one.march.tolerance * max(sizes.values())
    return max(float((here[k] - there[k]).norm()) / (max(sizes[k], least) or 1.0) for k in here)


def _fields(lowered: LoweredProblem, found: FinestMarch, points: Tensor) -> dict[str, Tensor]:
    few = dict.fromkeys(("eq", "bc", "ic"), 1)
    system = build(lowered, found.method.model, few, "sobol")
    return system.fields(found.theta, points)
