"""Marches at several tolerances: what they say of each other, and what is said of the result."""

from __future__ import annotations

from dataclasses import replace

import pytest

import pdedsl
from pdedsl.choice.allowance import Allowance
from pdedsl.choice.march.agreement import Agreement
from pdedsl.choice.march.tolerances import march_finely
from pdedsl.compiler.lowering.lower import lower
from pdedsl.solution.checks.disagreement import check_disagreement
from tests.choice.test_march import SPECS

SEED = """problem "seed"
time t in [0, 14]
unknown y(t), z(t)
eq: y_t = y*z
eq: z_t = -y*z
ic: y = 1e-4, z = 1  at t = 0
"""


def test_a_march_that_was_cut_off_is_compared_as_far_as_it_came() -> None:
    told: list[str] = []

    def stopped() -> bool:
        return sum("1e-07" in text for text in told) >= 2

    lowered = lower(pdedsl.parse(SPECS["burgers"]))
    found = march_finely(lowered, 1e9, Allowance(None, stopped), told.append)
    assert not isinstance(found, str)
    agreement = found.agreement
    assert agreement.tolerance == 1e-5
    assert agreement.difference is not None and agreement.difference < 1e-2
    assert agreement.beyond is not None and 0 < agreement.beyond < 1e-4
    assert agreement.until is not None and 0 < agreement.until < 0.5
    assert agreement.end.startswith("it was stopped")


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("runs") / "seed-001"
    return pdedsl.solve(pdedsl.parse(SEED), budget=60.0, run_dir=folder)


def test_a_march_that_is_confirmed_is_solved(solved) -> None:
    assert solved.finding is None
    assert solved.provenance.agreement.difference < 1e-6


def test_what_marches_say_is_kept_in_the_folder(solved) -> None:
    loaded = pdedsl.Solution.load(solved.run)
    assert loaded.provenance.agreement == solved.provenance.agreement


@pytest.mark.parametrize(
    ("agreement", "estimated", "status"),
    [
        (Agreement(1e-5, None, 0.04, 0.0075, "the time is spent"), True, "unresolved"),
        (Agreement(1e-5, None, 2e-6, 0.0075, "the time is spent"), True, None),
        (Agreement(1e-7, 0.3), False, "inaccurate"),
        (Agreement(1e-7, 0.3), True, None),
        (Agreement(1e-7, 2e-6), False, None),
        (Agreement(1e-5), False, None),
        (None, False, None),
    ],
)
def test_marches_that_differ_are_no_solution(solved, agreement, estimated, status) -> None:
    other = pdedsl.Solution.load(solved.run)
    other.provenance = replace(other.provenance, agreement=agreement)
    if not estimated:
        other.estimate = None
    found = check_disagreement(other)
    assert (found and found.status) == status
    assert found is None or "--budget" in found.text
