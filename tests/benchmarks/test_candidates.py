"""The candidates of the benchmarks compute the same thing, so that the benchmarks do not rot."""

from __future__ import annotations

import importlib.util
from dataclasses import replace

import numpy as np
import pytest

from tests.benchmarks.peers.cases import Case, UnavailableError, start_of
from tests.benchmarks.peers.comparison import AGREEMENT, Plan, compare, difference
from tests.benchmarks.peers.memory import can_measure, growth
from tests.benchmarks.peers.timing import in_turns

from .derivatives import CASES
from .peers import jacobian_roster, roster

CURRENT = ("nested", "nested, chunks", "torch.func", "torch.func, chunks")
SMALL = {
    name: replace(case, points=24, width=6, depth=3, inputs=min(case.inputs, 4))
    for name, case in CASES.items()
}
SMALL["third derivative"] = Case("third", "derivative", 1, 24, width=6, depth=2, order=3)


@pytest.mark.parametrize("case", SMALL.values(), ids=SMALL)
@pytest.mark.parametrize("name", CURRENT)
def test_torch_agrees_with_ours(case: Case, name: str) -> None:
    start = start_of(case)
    ours = roster.ROSTER["pdedsl"](case, start, "float64")
    peer = roster.ROSTER[name](case, start, "float64")
    found = difference(peer.numbers(peer.run()), ours.numbers(ours.run()))
    assert found < AGREEMENT["float64"]


@pytest.mark.parametrize("quantity", jacobian_roster.QUANTITIES)
@pytest.mark.parametrize("form", ["jvp of grad", "jvp of jvp"])
def test_jacobians_agree(quantity: str, form: str) -> None:
    case, candidates = SMALL["laplacian"], jacobian_roster.ROSTER
    start = start_of(case)
    ours = candidates[f"{quantity}: pdedsl"](case, start, "float64")
    peer = candidates[f"{quantity}: torch.func {form}"](case, start, "float64")
    found = difference(peer.numbers(peer.run()), ours.numbers(ours.run()))
    assert found < AGREEMENT["float64"]


def test_a_wrong_candidate_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = roster.ROSTER["nested"]

    def wrong(case: Case, start, dtype: str):
        made = honest(case, start, dtype)
        return replace(
            made, numbers=lambda out: (made.numbers(out)[0], made.numbers(out)[1] * 1.001)
        )

    monkeypatch.setitem(roster.ROSTER, "nested", wrong)
    plan = Plan(roster.__name__, ("pdedsl", "nested", "torch.func"), "float64", 1, 1, memory=False)
    outcome = compare(SMALL["burgers"], plan)
    _, bad, good = outcome.rows
    assert outcome.failed and bad.failed and bad.times is None
    assert bad.error == pytest.approx(1e-3, rel=1e-6)
    assert good.times is not None and good.times.median > 0


def test_points_are_made_fewer_where_nested_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.benchmarks.peers.comparison.LONGEST", 1e-3)
    case = replace(SMALL["burgers"], points=8_000)
    plan = Plan(
        roster.__name__, ("pdedsl", "nested"), "float64", 1, 1, False, ("nested",), ("nested",)
    )
    outcome = compare(case, plan)
    assert outcome.case.points < 8_000
    assert "8,000" in outcome.note


@pytest.mark.skipif(importlib.util.find_spec("jax") is not None, reason="JAX is installed")
def test_absent_peers_say_so() -> None:
    case = SMALL["laplacian"]
    with pytest.raises(UnavailableError, match="not installed"):
        roster.ROSTER["JAX jvp of jvp"](case, start_of(case), "float64")


def test_every_call_is_timed_in_every_round() -> None:
    calls: list[str] = []
    times = in_turns({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, 2)
    assert set(times) == {"a", "b"}
    assert times["a"].lower <= times["a"].median <= times["a"].upper


@pytest.mark.skipif(not can_measure(), reason="the system has no /proc/self/clear_refs")
def test_growth_sees_what_is_freed_again() -> None:
    assert 48e6 < growth(lambda: np.ones(8_000_000).sum()) < 160e6
