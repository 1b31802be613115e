"""An estimate is not given where given values are missed by more than itself."""

from __future__ import annotations

import pytest

import pdedsl
from pdedsl.choice.basis.law_sizes import law_sizes
from pdedsl.compiler.lowering.lower import lower
from pdedsl.estimates.correction import State
from pdedsl.estimates.error_equation import correct_solution

STRING = """
param N = 3000, m = 0.26, a = 0.3
domain O: x in [0, a]
time t in [0, 0.006]
unknown w(x, t)
eq: m*w_tt = N*lap(w)
bc: w = 0  on boundary
ic: w = 1e-3*sin(2*pi*x/a), w_t = 0  at t = 0
exact w = 1e-3*sin(2*pi*x/a)*cos(2*pi/a*sqrt(N/m)*t)
"""
BEAM = """
param EI = 2e4, mass = 8
domain O: x in [0, 2]
time t in [0, 0.05]
unknown w(x, t)
let k = pi/2
eq: mass*w_tt + EI*d(w, x, 4) = 0
bc: w = 0, w_xx = 0  on boundary
ic: w = 0.002*sin(k*x), w_t = 0  at t = 0
exact w = 0.002*sin(k*x)*cos(k^2*sqrt(EI/mass)*t)
"""


def solved(text: str, weights: dict[str, float]) -> pdedsl.Solution:
    method = pdedsl.Method.model_validate({
        "model": {"kind": "basis", "modes": 4}, "optimizer": {"kind": "lstsq"}, "weights": weights,
    })  # fmt: skip
    return pdedsl.solve(pdedsl.parse(text), method)


@pytest.mark.parametrize("text", [STRING, BEAM])
@pytest.mark.parametrize("ic", [1e-6, 1.0, 1e6])
def test_units_do_not_hide_what_is_missed_at_the_start(text: str, ic: float) -> None:
    solution = solved(text, {"ic": ic})
    assert solution.errors is not None and solution.estimate is not None
    truth = solution.errors["w"]["rel_l2"]
    assert truth > 0.1
    if not solution.estimate.reason:
        assert solution.estimate.fields["w"].relative == pytest.approx(truth, rel=0.5)


def test_weights_that_hide_the_start_leave_no_estimate() -> None:
    constant = STRING.replace("w = 0  on", "w = 1e-5  on").replace("1e-3*sin(2*pi*x/a)", "1e-5")
    state = State(solved(STRING, {}).system, solved(constant, {}).theta)
    hidden = correct_solution(state, {"eq": 1.0, "bc": 1e11, "ic": 1.0})
    assert "given values are missed" in hidden.reason
    assert not correct_solution(state).reason


def test_a_condition_has_the_size_of_its_smallest_component() -> None:
    text = STRING.replace("ic: w =", "ic start: w =").replace(", w_t = 0  at", "  at")
    apart = law_sizes(lower(pdedsl.parse(text + "ic speed: w_t = 0  at t = 0\n")))
    together = law_sizes(lower(pdedsl.parse(STRING)))
    assert together["ic"] == pytest.approx(apart["start"], rel=1e-9)
    assert apart["speed"] > 100 * apart["start"]
