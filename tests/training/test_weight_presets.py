"""The presets that weigh laws run on problems of every kind, and do what their names say."""

from __future__ import annotations

import math

import pytest

import pdedsl
from tests.small import FLOW, HEAT, ODES

BURGERS = HEAT.replace("u_t = u_xx", "u_t + u*u_x = 0.1*u_xx").replace("exact", "# exact")
PRESETS = {"m1": 0, "m2": 1, "m3": 0, "m4": 1, "ntk": 1, "relobralo": 1}


@pytest.mark.parametrize("text", [BURGERS, FLOW, ODES], ids=["burgers", "flow", "odes"])
@pytest.mark.parametrize("name", PRESETS)
def test_presets_run_on_problems_of_every_kind(name, text):
    settings = [("optimizer.iterations", "12"), ("model.width", "10")]
    solution = pdedsl.solve(pdedsl.parse(text), name, settings=settings)
    assert solution.outcome.iterations == 13
    assert math.isfinite(solution.outcome.loss)
    weights = solution.system.weights
    plain = {label: 4.0 if label == "bc" and name[0] == "m" else 1.0 for label in weights}
    assert (weights != plain) == bool(PRESETS[name])
    if name in ("m2", "m4"):  # relative to the equations
        assert {weights[label] for label in solution.system.equations} == {1.0}
        conditions = set(weights) - set(solution.system.equations)
        assert all(weights[label] != plain[label] for label in conditions)
