"""The method that follows from the traits of a problem."""

from __future__ import annotations

import re
import time

import pytest
import torch

from pdedsl import api
from pdedsl.choice.allowance import Allowance
from pdedsl.choice.auto import choose, means_network
from pdedsl.compiler.lowering.lower import lower
from pdedsl.conditioning.assembly import assemble
from pdedsl.conditioning.discretisation import discretise
from pdedsl.conditioning.weights import kappa_curve
from pdedsl.solution.planning import plan
from tests import small
from tests.conftest import ROOT

# Starts with a kink, which no small basis resolves; a march in time needs boundary conditions, and
# initial ones at its start.
HEAD = {
    1: "time t in [0, 1]\nunknown u(t)\nic: u = 1  at t = 1\n",
    2: "domain O: x in [0, 2]\ntime t in [0, 1]\nunknown u(x, t)\nic: u = abs(x - 1)  at t = 0\n",
}


def _problem(equation, inputs=2):
    return api.parse(HEAD[inputs] + f"eq: {equation}\n")


def _spec(name):
    return api.load(ROOT / "specs" / f"{name}.pde")


@pytest.mark.parametrize(
    ("equation", "inputs", "word", "depth", "reason"),
    [
        ("u_t = u_xx", 2, "linear", 1, "the start jumps or has a kink at x = 1"),
        ("u_t = u_xx + u^2", 2, "mildly nonlinear", 1, "the start jumps or has a kink at x = 1"),
        ("u_t + u*u_x = 0.001*u_xx", 2, "fronts", 3, "the start jumps or has a kink at x = 1"),
        ("u_t + 60*u_x = 0", 2, "30 domain lengths", 1, "a known term of ic, near x = 1, is not"),
    ],
)
def test_networks(equation, inputs, word, depth, reason):
    choice = choose(lower(_problem(equation, inputs)))
    assert word in choice.why
    assert f"; no basis was tried, as {reason}" in choice.why
    assert "\n" not in choice.why
    assert choice.method.model.kind == "mlp"
    assert choice.method.model.depth == depth


def test_a_line_is_divided_where_no_basis_is_smooth():
    """A march needs initial conditions at the start of time."""
    choice = choose(lower(_problem("u_t = -u + abs(t - 1/2)", 1)))
    assert "elements that follow the residual leave only rounding" in choice.why
    assert 0.5 in choice.method.model.breaks[0]


CORNERS = """domain O: (x, y) in [0, 1]^2
unknown u(x, y)
eq: lap(u) = 1
bc: u = 0  on boundary
"""


def test_a_network_says_what_bases_leave():
    """The solution has singular corners."""
    choice = choose(lower(api.parse(CORNERS.replace("= 1", "= 1 + u^2"))), 300)
    assert choice.method.model.kind == "mlp"
    assert re.search(r"; a basis of \d+ functions leaves a residual of \de-\d\d$", choice.why)


def test_a_linear_problem_with_singular_corners_has_their_functions():
    """The torsion of a square: u(1/2, 1/2) = -0.0736713532814 by its Fourier series."""
    solution = api.solve(api.parse(CORNERS), budget=20)
    assert "corner functions at 4 corners leave" in solution.provenance.why
    assert solution(x=0.5, y=0.5) == pytest.approx(-0.0736713532814, abs=1e-12)


def test_what_a_basis_nearly_resolves_is_marched():
    """A front of width 0.02 in a heat equation: some thousand products leave more than rounding."""
    text = (
        "domain O: x in [-1, 1]\ntime t in [0, 0.1]\nunknown u(x, t)\neq: u_t = 0.01*u_xx\n"
        "ic: u = tanh(25*x)  at t = 0\nbc: u = tanh(25*x)  on boundary\n"
    )
    assert choose(lower(api.parse(text)), march=False).method.model.kind == "windows"


@pytest.mark.parametrize("wish", [{}, {"basis": True}])
def test_a_basis_is_taken_where_it_is_asked_for(wish):
    choice = choose(lower(api.parse(CORNERS.replace("= 1", "= 1 + u^2"))), 9, **wish)
    assert choice.method.model.kind == "basis"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (small.LINE, "linear; 19 polynomials leave"),
        (small.PLANE, "linear; 25 polynomials leave"),
        (small.FLOW, "polynomials leave"),
        ("time t in [0, 1]\nunknown u(t)\neq: u_t = u^2\nic: u = 1/2  at t = 0\n", "nonlinear; "),
        (
            "domain O: x in [0, 2*pi]\nunknown u(x)\neq: u_xx - u = sin(x)\nbc: u periodic in x\n",
            "linear; 7 plane waves leave",
        ),
        (
            "domain O: x in [0, 2*pi]\ntime t in [0, 1]\nunknown u(x, t)\neq: u_t = u_xx\n"
            "ic: u = sin(x)  at t = 0\nbc: u periodic in x\n",
            "products of waves and polynomials leave",
        ),
    ],
)
def test_a_basis_where_it_resolves_the_solution(text, words):
    choice = choose(lower(api.parse(text)))
    assert words in choice.why
    assert "\n" not in choice.why
    assert choice.method.model.kind == "basis"
    assert choice.method.optimizer.kind == "lstsq"
    assert choice.method.schedule.starts is None


@pytest.mark.parametrize("name", ["heat", "poisson_1d", "poisson_10d", "pendulum"])
def test_the_gallery_in_a_basis(name):
    choice = choose(lower(_spec(name)), 300)
    assert "leave only rounding of the residual" in choice.why


def test_weights_of_a_basis_are_near_the_best_condition_number():
    problem = _spec("heat")
    weights = choose(lower(problem)).method.weights
    assert weights["bc"] == weights["ic"]
    small_basis = discretise(problem, "mixed", 8, "total")
    gram = assemble(problem, small_basis)
    # The loss has the mean over the domain, of measure π, where the matrix has the integral.
    own = weights["bc"] * 3.141592653589793
    kappas = kappa_curve(gram, [own / 30, own, own * 30])
    assert kappas[1] < 0.5 * min(kappas[0], kappas[2])


def test_solving_with_a_basis_ends_by_itself():
    solution = api.solve(api.parse(small.HEAT), seed=0)
    assert solution.outcome.status == "converged"
    assert solution.outcome.iterations < 20
    assert solution.errors["u"]["rel_l2"] < 1e-13


def test_single_precision_begins_with_what_was_found_in_double():
    settings = (("precision.dtype", "float32"),)
    solution = api.solve(api.parse(small.HEAT), seed=0, settings=settings)
    assert solution.outcome.theta.dtype is torch.float32
    assert solution.outcome.loss < 1e-9
    assert solution.errors["u"]["rel_l2"] < 1e-5


def test_short_budgets_are_for_smaller_bases(monkeypatch):
    """Where the machine is fast enough for all trials that the sizes allow."""
    monkeypatch.setattr(time, "thread_time", lambda: 0.0)
    problem = _spec("helmholtz_6_6")
    long, short = (choose(lower(problem), budget).method.model for budget in (50, 5))
    assert long.kind == short.kind == "basis"
    assert all(n < m for n, m in zip(short.modes, long.modes, strict=True))


def test_unknown_numbers_without_data_are_for_bases():
    choice = choose(lower(api.parse(small.NUMBER)))
    assert choice.method.model.kind == "basis"
    assert "for the fields and numbers together" in choice.why


@pytest.mark.parametrize(
    ("changes", "network"),
    [
        ({}, False),
        ({"optimizer.iterations": 3}, False),
        ({"model.modes": 5}, False),
        ({"model.kind": "basis"}, False),
        ({"model.kind": "mlp"}, True),
        ({"model.width": 5}, True),
        ({"schedule.starts.seeds": 2}, True),
    ],
)
def test_changes_of_a_network_bring_the_network(changes, network):
    assert means_network(changes) is network
    found = plan(api.parse(small.LINE), settings=changes.items())
    assert (found.method.model.kind == "mlp") is network


def test_travel_raises_the_bandwidths():
    slow, fast = (choose(lower(_problem(f"u_t + {b}*u_x = 0"))).method for b in (6, 60))
    assert max(slow.schedule.starts.bandwidths) < max(fast.schedule.starts.bandwidths)


def test_many_inputs_draw_fresh_points():
    text = "domain O: (x, y, z, w) in [0, 1]^4\nunknown u(x, y, z, w)\neq: lap(u) = abs(x - y)\n"
    assert choose(lower(api.parse(text))).method.sampling.resample == 1


def test_rows_do_not_grow_with_the_number_of_equations():
    rows = []
    for size in (2, 4):
        problem = api.parse(
            f"domain O: (x, y) in [0, 1]^2\nunknown v(x, y) in R^{size}\n"
            f"eq: lap(v) = ({', '.join('1' * size)})\n"
        )
        points = choose(lower(problem), network=True).method.sampling.points["eq"]
        rows.append(points * size)
    assert rows[1] <= rows[0]


def test_a_short_budget_has_shorter_starts():
    problem = _problem("u_t = u_xx")
    short, long = (choose(lower(problem), b).method.schedule.starts for b in (3, 60))
    assert short.iterations < long.iterations


def test_large_powers_do_not_hang_the_choice():
    text = "time t in [0, 1]\nunknown u(t)\neq: u_t = (u + t + 1)^900*(u - t)^900\n"
    text += "ic: u = 1  at t = 0\n"
    assert choose(lower(api.parse(text))).why.startswith("one input")


PLATE = """domain Omega: (x, y) in [0, 1] * [0, 0.5]
unknown T(x, y)
eq: -15*lap(T) = 2000*exp(-20*((x - 0.4)^2 + (y - 0.25)^2))
bc left:  T = 20                   on x = 0
bc right: -15*dn(T) = 50*(T - 20)  on x = 1
bc sides: dn(T) = 0                on y = 0, y = 0.5
"""


def test_a_basis_that_left_little_is_kept_where_the_time_ends() -> None:
    """The second trial leaves 2e-9 of what constants leave; it was given up for a network."""
    said: list[str] = []
    spent = Allowance(None, lambda: len(said) >= 2)
    choice = choose(lower(api.parse(PLATE)), notify=said.append, allowance=spent)
    assert choice.method.model.kind == "basis", choice.why
