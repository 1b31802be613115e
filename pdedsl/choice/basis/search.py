"""Trials of larger and larger bases until one resolves the solution.

The limits are sizes, counts and residual levels, so that the same problem has the same trials on
every machine but for rounding; an `Allowance` of time bounds what is dear at any size, such as an
integral over a domain for every value of a parameter.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor
from torch.linalg import LinAlgError

from pdedsl.choice.allowance import Allowance, SpentError, TrialCosts
from pdedsl.choice.tuning import SEARCH
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.diagnostics import UserError
from pdedsl.ir import TooLargeError
from pdedsl.models.runtime.deadline import DeadlineError, ending_within

from .known_degrees import NotSmoothError
from .trial import BasisTrial, try_basis
from .trial_method import Modes

_BROKEN_OFF = "a trial of one took more than the budget has for them"


@dataclass(frozen=True)
class SearchResult:
    """The trials, and why there are no more.

    Args:
        trials: in ascending order.
        end: the reason, in words.
        out_of_time: whether the time was spent, so that larger bases may do what these do not.
        not_smooth: whether a known term is not smooth, so that none will.
    """

    trials: tuple[BasisTrial, ...]
    end: str
    out_of_time: bool = False
    not_smooth: bool = False

    @property
    def best(self) -> BasisTrial | None:
        """The first trial with ρ within a factor 2 of the least, or at rounding level."""
        least = min((trial.residual for trial in self.trials), default=math.inf)
        level = max(SEARCH.rounding, 2 * least)
        return next((trial for trial in self.trials if trial.residual <= level), None)

    @property
    def level(self) -> float:
        """That of the best trial; infinite without one."""
        return math.inf if self.best is None else self.best.level

    @property
    def level_of_varying(self) -> float:
        """The same, as a part of the residual that constants leave."""
        return math.inf if self.best is None else self.best.level / (self.best.varying or 1.0)


@dataclass(frozen=True)
class StopRule:
    """Where a search ends before it runs out of sizes.

    Args:
        patience: functions from which ρ has to fall.
        dear: functions from which ``fine`` is enough.
        fine: ρ at or below this.
        fall: ρ above this part of that two trials before has stopped falling.
        settled: at or below this, above that part of the trial before is enough.
    """

    patience: int
    dear: float = math.inf
    fine: float = SEARCH.rounding
    fall: float = SEARCH.fall
    settled: float = 0.0


NextSize = Callable[[Sequence[BasisTrial]], tuple[Modes, Tensor | None] | str]
"""After some trials the next size and the coefficients to begin with, or why there is none."""


def search(
    lowered: LoweredProblem,
    linear: bool,
    weights: Mapping[str, float],
    next_size: NextSize,
    rule: StopRule,
    allowance: Allowance | None = None,
    notify: Callable[[BasisTrial], None] | None = None,
) -> SearchResult:
    """Try one size after another.

    Args:
        lowered: a problem whose domains are boxes.
        linear: whether all laws are.
        weights: of the loss.
        next_size: the sizes.
        rule: where it ends before it runs out of sizes.
        allowance: of computing, extended once a trial is promising; a trial that would take longer
            than what is left is not begun, and one that does is given up. None for no bound.
        notify: called with every trial.
    """
    problem = lowered.problem
    if problem.numbers or any(law.kind == "fit" for law in problem.laws):
        return SearchResult((), "numbers or data are to be fitted")
    trials: list[BasisTrial] = []
    allowance = allowance or Allowance(None)
    costs = TrialCosts(allowance)
    try:
        while not isinstance(size := next_size(trials), str):
            with ending_within(allowance.clock_left):
                trial = try_basis(lowered, size[0], linear, weights, costs, size[1])
            if trial is None:
                return SearchResult(tuple(trials), "more points would be needed")
            trials.append(trial)
            if notify is not None:
                notify(trial)
            if end := _end(trials, rule):
                return SearchResult(tuple(trials), end)
            if trial.residual <= SEARCH.promising * trial.varying:
                allowance.extend()
    except SpentError as error:
        return SearchResult(tuple(trials), str(error), out_of_time=True)
    except DeadlineError:
        return SearchResult(tuple(trials), _BROKEN_OFF, out_of_time=True)
    except NotSmoothError as error:
        return SearchResult(tuple(trials), str(error), not_smooth=True)
    except (UserError, ValueError, TooLargeError, LinAlgError) as error:
        return SearchResult(tuple(trials), str(error))
    return SearchResult(tuple(trials), size)


def too_many(most: int) -> str:
    """Why a search ends at so many functions."""
    return f"larger ones have more than {most} functions"


def _end(trials: Sequence[BasisTrial], rule: StopRule) -> str | None:
    trial = trials[-1]
    if not math.isfinite(trial.residual):
        return "the residual is not a finite number"
    if trial.residual <= (rule.fine if trial.size >= rule.dear else SEARCH.rounding):
        return "the residual is at the level of rounding"
    back = 2 if trial.residual <= rule.settled else 3
    before = trials[-back].residual if len(trials) >= back else math.inf
    if trial.size >= rule.patience and trial.residual > rule.fall * before:
        return "the residual no longer falls"
    return None
