"""The march of a problem as a method: tolerances one after another while there is time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from pdedsl.choice.allowance import Allowance
from pdedsl.choice.tuning import BUDGET, MARCH
from pdedsl.compiler.lowering.lower import LoweredProblem, lower
from pdedsl.compiler.residual.build import build
from pdedsl.geometry import hull_bounds, unit_points
from pdedsl.models.windows import WindowsOptions
from pdedsl.optimizers.gauss_newton.lstsq import LstsqOptions
from pdedsl.settings.method import Method, Sampling
from pdedsl.transforms.inner_starts import InnerJump
from pdedsl.transforms.single_rows import split_rows
from pdedsl.transforms.smooth_starts import Jump, smoothed, start_jumps
from pdedsl.transforms.time_windows import restrict_in_time

from .agreement import Agreement
from .march import March, march


@dataclass(frozen=True)
class FinestMarch:
    """The march with the least tolerance that came to the end of time.

    Args:
        method: that of its windows.
        theta: its parameters.
        march: its windows.
        agreement: with the marches at other tolerances.
        moment: by how much it starts later than its problem, see `smooth_starts`.
        jumps: of the start, which are smoothed by that.
    """

    method: Method
    theta: Tensor
    march: March
    agreement: Agreement
    moment: float = 0.0
    jumps: tuple[Jump, ...] = ()

    @property
    def difference(self) -> float | None:
        """Relative L2 distance to the march before; None for the first."""
        return self.agreement.difference

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
        if self.jumps:
            jumps = "whose rate jumps" if all(jump.rate for jump in self.jumps) else "which jumps"
            text += f"; the start, {jumps}, is smoothed at {self._smoothed}"
        end = self.agreement.end
        return f"{text}; a finer one was not reached, as {end}" if end else text

    @property
    def _smoothed(self) -> str:
        """Where the start was smoothed, and over which lengths."""
        lengths = [2 * math.sqrt(jump.diffusivity * self.moment) for jump in self.jumps]
        return " and ".join(
            f"{jump.space} = {jump.end:g} ({jump.component.func}) over {length:.1g}"
            for jump, length in zip(self.jumps, lengths, strict=True)
        )


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
    allowance, best = whole.until(BUDGET.march).part(BUDGET.march * seconds), None
    jumps = start_jumps(split_rows(lowered.problem))
    for tolerance in MARCH.tolerances:
        if jumps and tolerance < MARCH.least_smoothed:
            break
        if best is not None and not allowance.covers(BUDGET.march_growth * best.march.seconds):
            end = "it was stopped" if allowance.stopped else "the time is spent"
            return replace(best, agreement=replace(best.agreement, end=end))
        own, moment = _without_jumps(lowered, jumps, tolerance)
        found = march(own, tolerance, allowance, notify, moment)
        if found.end:
            if best is None:
                return found.end
            return _cut_off(lowered, best, found)
        method = Method(
            model=WindowsOptions(edges=found.edges, pieces=found.pieces),
            optimizer=LstsqOptions(),
            sampling=Sampling(kind="collocation"),
        )
        difference = None if best is None else _distance(lowered, found, best.march)
        agreement = Agreement(tolerance, difference, moment=moment)
        best = FinestMarch(method, found.theta, found, agreement, moment, jumps)
    assert best is not None
    return best


def _without_jumps(
    lowered: LoweredProblem, jumps: tuple[Jump, ...], tolerance: float
) -> tuple[LoweredProblem, float]:
    """The problem whose initial values have no jumps at the ends, and how late it starts.

    That follows from the tolerance, so that marches at two of them tell what it does.
    """
    if not jumps:
        return lowered, 0.0
    problem = split_rows(lowered.problem)
    (low, high), (start, stop) = hull_bounds(problem).values()
    least, inner = MARCH.apart * (high - low), [j for j in jumps if isinstance(j, InnerJump)]
    slow = min(
        stop - start,
        *((high - low) ** 2 / jump.diffusivity for jump in jumps),
        *(MARCH.of_apart * max(j.apart, least) ** 2 / j.diffusivity for j in inner),
    )
    # The relative L2 error over space and time grows like the power 3/4 of the moment.
    share = MARCH.moment * tolerance ** (4 / 3)
    moment = max(share * slow, MARCH.rounding * abs(start))
    return lower(smoothed(problem, jumps, moment)), moment


def _cut_off(lowered: LoweredProblem, best: FinestMarch, finer: March) -> FinestMarch:
    """A march, with what a finer one that did not come to the end of time says of it.

    Just after a start that jumps that is how differently both have smoothed it.
    """
    found = replace(best.agreement, end=finer.end)
    if finer.edges[-1] - finer.lower > MARCH.after_moment * best.moment:
        beyond = _distance(lowered, finer, best.march)
        found = replace(found, beyond=beyond, until=finer.edges[-1])
    return replace(best, agreement=found)


def _distance(lowered: LoweredProblem, one: March, other: March) -> float:
    """Relative L2 distance of two solutions, the largest of all components.

    Only the times of the first are compared, which may end before those of the other.
    """
    bounds = np.array(list(hull_bounds(lowered.problem).values()))
    bounds[-1] = one.edges[0], one.edges[-1]
    unit = unit_points("sobol", MARCH.compared, len(bounds), 0)
    points = torch.from_numpy(bounds[:, 0] + (bounds[:, 1] - bounds[:, 0]) * unit)
    here, there = (_fields(lowered, found, points) for found in (one, other))
    sizes = {name: float(values.norm()) for name, values in here.items()}
    # Below this a field is rounding of the others.
    least = MARCH.no_digit / one.tolerance * max(sizes.values())
    return max(float((here[k] - there[k]).norm()) / (max(sizes[k], least) or 1.0) for k in here)


def _fields(lowered: LoweredProblem, found: March, points: Tensor) -> dict[str, Tensor]:
    """Values of all components at points in the times of a march."""
    problem = restrict_in_time(lowered.problem, found.edges[0], found.edges[-1])
    own = replace(lowered, problem=problem)
    model = WindowsOptions(edges=found.edges, pieces=found.pieces)
    system = build(own, model, dict.fromkeys(("eq", "bc", "ic"), 1), "sobol")
    return system.fields(found.theta, points)
