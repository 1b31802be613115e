"""Every system of the literature, by its preset, takes steps on a spec or says why it cannot."""

from __future__ import annotations

import math
from functools import cache

import pytest

import pdedsl
from pdedsl.diagnostics import UserError
from pdedsl.ir import Problem
from pdedsl.solution.planning import plan
from pdedsl.solution.solving import solve_with
from tests.conftest import ROOT

STATIONARY = ("helmholtz", "poisson_2d", "kovasznay")
EVOLUTIONS = ("burgers", "heat", "klein_gordon")
EVERYWHERE = [
    "m1", "m2", "m3", "m4", "sa_pinn", "rba", "relobralo", "ntk", "raissi", "jaxpi", "pirate",
    "siren", "vpinn", "hp_vpinn", "cpinn", "xpinn", "fbpinn", "rad", "rar_d",
]  # fmt: skip
IN_TIME = ["causal", "seq2seq"]
CASES = [
    *((name, spec) for name in EVERYWHERE for spec in ("helmholtz", "burgers", "kovasznay")),
    *((name, spec) for name in IN_TIME for spec in EVOLUTIONS),
    *(("curriculum", spec) for spec in ("helmholtz", "burgers", "advection")),
]


SMALLER = {name: {"model.width": 6} for name in ("cpinn", "xpinn")}
"""Changes of methods whose networks in four parts are decomposed as one matrix: of 1,900 columns
with their own width, which takes seconds."""


@cache
def loaded(spec: str) -> Problem:
    return pdedsl.load(ROOT / "specs" / f"{spec}.pde")


@pytest.mark.parametrize("name, spec", CASES)
def test_a_preset_takes_steps(name: str, spec: str) -> None:
    solution = solve_with(plan(loaded(spec), name, settings=SMALLER.get(name, {}), iterations=2))
    assert math.isfinite(solution.outcome.loss)
    assert solution.outcome.iterations > 0
    assert all(math.isfinite(e["rel_l2"]) for e in solution.errors.values())


@pytest.mark.parametrize("name, spec", [(n, s) for n in IN_TIME for s in STATIONARY])
def test_a_preset_in_time_is_refused_without_time(name: str, spec: str) -> None:
    with pytest.raises(UserError) as error:
        solve_with(plan(loaded(spec), name, iterations=2))
    assert [d.code for d in error.value.diagnostics] == ["E803"]
    assert "time" in error.value.diagnostics[0].message
