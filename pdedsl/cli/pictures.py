"""The pictures of a run, as far as the time goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .console import say
from .interrupt import Interrupt

if TYPE_CHECKING:
    from pdedsl.choice.allowance import Allowance
    from pdedsl.results import Solution

# Beyond the budget, a part of it and seconds: what is asked for is the time of the solution, and
# all are to end within 1.2 times the budget and 3 s.
_SHARE, _LEAST = 0.15, 2.0
# Seconds of computing until the first picture is drawn, while matplotlib loads: 1.0 to 1.3.
_FIRST = 1.2
_IF_STOPPED = 5.0  # seconds for pictures, where the user has asked to end †


class _Clock:
    """Says whether there is time for a picture that takes as long as the longest so far."""

    def __init__(
        self, allowance: Allowance, budget: float, interrupt: Interrupt, stopped: bool
    ) -> None:
        self._allowance, self._interrupt = allowance, interrupt
        self._end = budget + max(_SHARE * budget, _LEAST)
        if stopped:
            self._end = min(self._end, allowance.used + _IF_STOPPED)
        self._last, self._longest = allowance.used, _FIRST * allowance.slowdown
        self._drawn = False

    def __call__(self) -> bool:
        """Whether to draw another one; called between them."""
        now = self._allowance.used
        took, self._last = now - self._last, now
        # The first one has loaded matplotlib, which the next does not.
        self._longest = max(self._longest, took) if self._drawn else took / 2
        self._drawn = True
        return self.goes_on

    @property
    def goes_on(self) -> bool:
        """Whether there is time for another one."""
        return not self._interrupt.asked and self._last + self._longest <= self._end


def draw(solution: Solution, allowance: Allowance, budget: float) -> bool:
    """Draw into the run folder; a picture that fails must not cost the result.

    Args:
        solution: with a run folder.
        allowance: whose clock runs since the command began.
        budget: seconds that were asked for.

    Returns:
        Whether it was not interrupted.
    """
    if not solution.finite:
        return True
    assert solution.run is not None
    with Interrupt("leaving out the pictures that are left") as interrupt:
        clock = _Clock(allowance, budget, interrupt, solution.outcome.status == "interrupted")
        whole = clock.goes_on
        try:
            if whole:
                whole = _plot(solution, clock)
        except OSError as error:
            place = solution.run / "pictures"
            solution.unsaved.append(f"cannot write {place}: {error.strerror or error}")
    if not whole:
        stopped = interrupt.asked or solution.outcome.status == "interrupted"
        why = "you stopped it" if stopped else "the budget is spent"
        say(f"pictures are left out, as {why}: pdedsl plot {solution.run} draws them")
    return not interrupt.asked


def _plot(solution: Solution, clock: _Clock) -> bool:
    """Draw; whether that was all."""
    assert solution.run is not None
    asked: list[bool] = []

    def go_on() -> bool:
        asked.append(clock())
        return asked[-1]

    solution.plot(solution.run / "pictures", go_on)
    return all(asked)
