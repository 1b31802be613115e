"""Seconds of the clock, their parts, and how busy a machine is."""

from __future__ import annotations

import math
import time

import pytest

from pdedsl.choice.allowance import Allowance, SpentError


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 5.0

    def __call__(self) -> float:
        return self.now


def test_seconds_count_from_the_begin() -> None:
    clock = Clock()
    allowance = Allowance(10.0, clock=clock)
    clock.now += 4.0
    assert allowance.used == 4.0 and allowance.remaining == 6.0
    assert allowance.covers(6.0) and not allowance.covers(6.1)
    clock.now += 7.0
    assert allowance.remaining == -1.0
    with pytest.raises(SpentError, match="the time for them is spent"):
        allowance.check()


def test_a_reserve_is_there_however_late_it_is() -> None:
    clock = Clock()
    allowance = Allowance(10.0, clock=clock)
    clock.now += 9.0
    allowance.reserve(4.0)
    assert allowance.remaining == 4.0
    allowance.reserve(1.0)
    assert allowance.remaining == 4.0


def test_a_part_ends_with_the_whole() -> None:
    clock = Clock()
    whole = Allowance(10.0, clock=clock)
    part = whole.until(0.5).part(100.0)
    assert part.covers()
    clock.now += 5.1
    assert not part.covers()
    with pytest.raises(SpentError, match="the budget has no time for them"):
        part.check()
    assert whole.covers()
    assert whole.until(0.5).seconds == pytest.approx(2.45)


def test_a_part_counts_computing_alone() -> None:
    part = Allowance(None).part(0.05)
    time.sleep(0.1)
    assert part.covers(0.04)
    assert not part.covers(0.06)


def test_on_a_busy_machine_a_piece_of_work_takes_longer(monkeypatch) -> None:
    """With a second of computing in four of the clock, half a second takes two."""
    clock, computed = Clock(), [0.0]
    monkeypatch.setattr(time, "thread_time", lambda: computed[0])
    whole = Allowance(10.0, clock=clock)
    part = whole.part(100.0)
    assert whole.slowdown == 1.0
    clock.now, computed[0] = clock.now + 8.0, 2.0
    assert whole.slowdown == 4.0
    assert part.covers(0.49) and not part.covers(0.51)


def test_no_bound_and_a_request() -> None:
    asked: list[int] = []
    allowance = Allowance(None, lambda: bool(asked))
    assert allowance.remaining == math.inf and allowance.part(math.inf).covers(1e9)
    part = allowance.until(0.5).part(1e3)
    asked.append(1)
    assert not allowance.covers() and part.stopped
    with pytest.raises(SpentError, match="the search was stopped"):
        part.check()
