"""The method that follows from the traits of a problem."""

from __future__ import annotations

import pytest

from pdedsl import api
from pdedsl.methods.auto import choose

HEAD = {
    1: "time t in [0, 1]\nunknown u(t)\n",
    2: "domain O: x in [0, 2]\ntime t in [0, 1]\nunknown u(x, t)\n",
}


def _problem(equation, inputs=2):
    return api.parse(HEAD[inputs] + f"eq: {equation}\n")


@pytest.mark.parametrize(
    ("equation", "inputs", "word", "depth"),
    [
        ("u_t = u_xx", 2, "linear", 1),
        ("u_t = u_xx + u^2", 2, "mildly nonlinear", 1),
        ("u_t + u*u_x = 0.001*u_xx", 2, "fronts", 3),
        ("u_t + 60*u_x = 0", 2, "30 domain lengths", 1),
        ("u_t = -u", 1, "one input", 1),
    ],
)
def test_choices(equation, inputs, word, depth):
    choice = choose(_problem(equation, inputs))
    assert word in choice.why
    assert "\n" not in choice.why
    assert choice.method.model.depth == depth


def test_travel_raises_the_bandwidths():
    slow, fast = (choose(_problem(f"u_t + {b}*u_x = 0")).method for b in (6, 60))
    assert max(slow.schedule.starts.bandwidths) < max(fast.schedule.starts.bandwidths)


def test_many_inputs_draw_fresh_points():
    text = "domain O: (x, y, z, w) in [0, 1]^4\nunknown u(x, y, z, w)\neq: lap(u) = 1\n"
    assert choose(api.parse(text)).method.sampling.resample == 1


def test_rows_do_not_grow_with_the_number_of_equations():
    text = "domain O: (x, y) in [0, 1]^2\nunknown v(x, y) in R^2\neq: lap(v) = (1, 1)\n"
    one = api.parse("domain O: (x, y) in [0, 1]^2\nunknown v(x, y)\neq: lap(v) = 1\n")
    per_law = [choose(p).method.sampling.points["eq"] for p in (api.parse(text), one)]
    assert per_law[0] * 2 <= 2 * per_law[1]


def test_a_short_budget_has_shorter_starts():
    problem = _problem("u_t = u_xx")
    short, long = (choose(problem, b).method.schedule.starts for b in (3, 60))
    assert short.iterations < long.iterations


def test_large_powers_do_not_hang_the_choice():
    text = "time t in [0, 1]\nunknown u(t)\neq: u_t = (u + t + 1)^900*(u - t)^900\n"
    text += "ic: u = 1  at t = 0\n"
    assert choose(api.parse(text)).why.startswith("one input")
