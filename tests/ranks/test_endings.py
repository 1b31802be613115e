"""How orders and groups end, from the process that gives the orders."""

from __future__ import annotations

import gc
import os
import time
from typing import Any

import pytest
import torch

import pdedsl
from pdedsl import api
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.models.runtime.deadline import DeadlineError, ending_within
from pdedsl.ranks.group import LostRankError
from pdedsl.ranks.rank_share import RankShare
from pdedsl.ranks.shared_system import SharedSystem
from pdedsl.ranks.sharing import are_shared, shared
from pdedsl.ranks.starting import group_of
from tests.conftest import ROOT
from tests.small import PLANE, method

NETWORK = {"kind": "mlp", "width": 6, "depth": 1}


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other processes import the functions of this file."""
    monkeypatch.chdir(ROOT)


def made() -> ResidualSystem:
    return api.compile(api.parse(PLANE), NETWORK, points={"eq": 60, "bc": 20})


class AwkwardError(Exception):
    """Cannot be made from its text alone."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def fail_elsewhere(share: Any) -> list[torch.Tensor]:
    if share.places[0] > 0:
        raise AwkwardError(1, 2)
    return [torch.zeros(())]


def interrupt(share: Any) -> list[torch.Tensor]:
    if share.places[0] == 0:
        raise KeyboardInterrupt
    return [torch.zeros(())]


def end(share: Any) -> list[torch.Tensor]:
    if share.places[0] > 0:
        os._exit(7)
    return [torch.zeros(())]


def test_failures_are_told_and_deadlines_end_an_order() -> None:
    whole = made()
    with group_of(2):
        both = shared(whole)
        with pytest.raises(RuntimeError, match="AwkwardError: 1 and 2"):
            both.total(fail_elsewhere)
        with pytest.raises(DeadlineError), ending_within(-1.0):
            both.gram(whole.theta0)
        assert float(both.loss(whole.theta0)) == pytest.approx(float(whole.loss(whole.theta0)))
        assert type(both) is SharedSystem
    # After the group the system has all its rows.
    assert type(both) is ResidualSystem
    assert float(both.loss(whole.theta0)) == pytest.approx(float(whole.loss(whole.theta0)))
    assert not are_shared()


def test_an_interrupted_order_ends_the_others_at_once() -> None:
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt), group_of(2):
        both = shared(made())
        start = time.monotonic()
        both.total(interrupt)
    assert time.monotonic() - start < 9  # the grace of those that do not end is 10


def test_a_lost_process_is_named_and_the_system_is_whole_again() -> None:
    whole = made()
    with pytest.raises(LostRankError, match="process 1 of 2 ended with status 7"), group_of(2):
        both = shared(whole)
        both.total(end)
    assert float(both.loss(whole.theta0)) == pytest.approx(float(whole.loss(whole.theta0)))


def test_a_solve_from_python_has_a_solution_that_outlives_the_group() -> None:
    problem = pdedsl.parse(PLANE)
    with group_of(2):
        solution = pdedsl.solve(problem, method(6))
    alone = pdedsl.solve(problem, method(6))
    assert solution.outcome.loss == pytest.approx(alone.outcome.loss, rel=1e-7)
    found, expected = (s(x=[0.3, 1.2], y=[0.1, 0.8]) for s in (solution, alone))
    assert found == pytest.approx(expected, rel=1e-5)


def test_systems_are_forgotten_with_their_last_use() -> None:
    with group_of(2) as group:
        assert group is not None
        for _ in range(3):
            other = shared(made())
            other.linearise(other.theta0)
            del other
        both = shared(made())
        assert both.gathered(held)[1] == 1
        gc.collect()
        assert len(group.shares) == 1


def held(share: Any) -> int:
    """How many shares there are in a process."""
    gc.collect()
    return sum(type(one) is RankShare for one in gc.get_objects())
