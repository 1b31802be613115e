"""Marches in time against exact solutions; their grids; what cannot be marched."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import pdedsl
from pdedsl.choice.allowance import Allowance
from pdedsl.choice.march.grid import Grid
from pdedsl.choice.march.march import March, cannot_march, march
from pdedsl.choice.march.tolerances import march_finely
from pdedsl.compiler.lowering.lower import lower
from pdedsl.solution.errors import field_errors
from pdedsl.solution.known import known_values
from pdedsl.solution.sampled import SystemSampler
from tests import small


def space(ends: str, time: str, laws: str) -> str:
    return f'problem "p"\ndomain Omega: x in {ends}\ntime t in {time}\n{laws}\n'


SPECS = {
    "heat": space("[0, pi]", "[0, 2]", """unknown u(x, t)
eq: u_t = (1 + t)*u_xx
ic: u = sin(x)  at t = 0
bc: u = 0  on boundary
exact u = exp(-t - t^2/2)*sin(x)"""),
    "neumann and robin": space("[-1, 1]", "[2, 3]", """unknown u(x, t)
eq: u_t = 0.1*u_xx - 0.6*exp(2 - t)*cos(2*x)
ic: u = cos(2*x)  at t = 2
bc l: u_x = 2*exp(2 - t)*sin(2)  on x = -1
bc r: u_x + u = exp(2 - t)*(cos(2) - 2*sin(2))  on x = 1
exact u = exp(2 - t)*cos(2*x)"""),
    "inflow": space("[0, 1]", "[0, 2]", """unknown u(x, t)
eq: u_t + u_x = 0
ic: u = exp(sin(-3*x))  at t = 0
bc: u = exp(sin(3*t))  on x = 0
exact u = exp(sin(3*(t - x)))"""),
    "soliton": space("[-15, 15]", "[0, 0.25]", """unknown u(x, t)
eq: u_t + 6*u*u_x + u_xxx = 0
ic: u = 2/cosh(x)^2  at t = 0
bc: u periodic in x
exact u = 2/cosh(x - 4*t)^2"""),
    "burgers": space("[-1, 1]", "[0, 0.5]", """param nu = 0.05
unknown u(x, t)
let w = 1 - tanh((x - t)/(2*nu))
eq: u_t + u*u_x = nu*u_xx
ic: u = 1 - tanh(x/(2*nu))  at t = 0
bc: u = 1 - tanh((x - t)/(2*nu))  on boundary
exact u = w"""),
    "wave": space("[0, 1]", "[0, 1]", """unknown u(x, t)
eq: u_tt = 4*u_xx
ic: u = sin(pi*x), u_t = 0  at t = 0
bc: u = 0  on boundary
exact u = sin(pi*x)*cos(2*pi*t)"""),
    "nonlinear wave on a circle": space("[0, 2*pi]", "[0, 2]", """unknown u(x, t)
eq: u_tt = u_xx + u^2 - exp(2*sin(x + t))
ic: u = exp(sin(x)), u_t = cos(x)*exp(sin(x))  at t = 0
bc: u periodic in x
exact u = exp(sin(x + t))"""),
    "first-order system": space("[0, pi]", "[0, 1]", """unknown u(x, t), w(x, t)
eq f: u_t = w_x
eq g: w_t = u_x
ic: u = 0, w = cos(x)  at t = 0
bc: u = 0  on boundary
exact u = -sin(x)*sin(t), w = cos(x)*cos(t)"""),
    "a circle and an interval": space("[0, 2*pi]", "[0, 1]", """unknown u(x, t), w(x, t)
eq f: u_t = u_xx + w - exp(-t)*x
eq g: w_t = w_xx - w
ic: u = sin(x), w = x  at t = 0
bc p: u periodic in x
bc q: w = exp(-t)*x  on boundary
exact u = exp(-t)*sin(x), w = exp(-t)*x"""),
    "a field without conditions": space("[0, pi]", "[0, 1]", """unknown u(x, t), w(x, t)
eq f: u_t = u_xx + w - exp(-2*t)*sin(x)
eq g: w_t = -2*w
ic: u = sin(x), w = sin(x)  at t = 0
bc: u = 0  on boundary
exact u = exp(-t)*sin(x), w = exp(-2*t)*sin(x)"""),
    "a field without a rate": space("[0, pi]", "[0, 1]", """unknown u(x, t), q(x, t)
eq f: u_t = q_x
eq g: q = u_x
ic: u = sin(x)  at t = 0
bc: u = 0  on boundary
exact u = exp(-t)*sin(x), q = exp(-t)*cos(x)"""),
    "on one side": space("[-1, 1]", "[0, 1]", """unknown u(x, t)
eq: u_t + u_x = 0
ic: u = sin(x)  at t = 0
bc: u = sin(x - t)  on boundary where x < 0
exact u = sin(x - t)"""),
    "pendulum": """problem "p"
time t in [1, 4]
unknown v(t) in R^2
eq: d(v, t) = (v[2], -sin(v[1]) + sin(sin(t)) - sin(t))
ic: v = (sin(1), cos(1))  at t = 1
exact v = (sin(t), cos(t))""",
    "second order": """problem "p"
time t in [0, 10]
unknown u(t)
eq: u_tt = -u
ic: u = 0, u_t = 1  at t = 0
exact u = sin(t)""",
    "no zero": """problem "p"
time t in [0, 1]
unknown u(t)
eq: u_t = -1/u
ic: u = 2  at t = 0
exact u = sqrt(4 - 2*t)""",
}  # fmt: skip


def solved(text: str, tolerance: float) -> tuple[March, float]:
    """A march and the largest relative error of a field."""
    problem = pdedsl.parse(text)
    assert cannot_march(lower(problem)) is None
    found = march(lower(problem), tolerance, Allowance(None))
    assert found.end == ""
    assert found.edges[-1] == list(_times(problem))[1]
    model = {"kind": "windows", "edges": found.edges, "pieces": found.pieces}
    sampler = SystemSampler(pdedsl.compile(problem, model=model), found.theta)
    known = known_values(problem, dense=True)
    errors = field_errors(problem, known, [sampler.fields(entry.points) for entry in known])
    return found, max(error["rel_l2"] for error in errors.values())


def _times(problem):
    from pdedsl.geometry import hull_bounds

    return list(hull_bounds(problem).values())[-1]


@pytest.mark.parametrize("name", list(SPECS))
def test_errors_follow_the_tolerance(name: str) -> None:
    coarse, fine = (solved(SPECS[name], tolerance)[1] for tolerance in (1e-4, 1e-7))
    assert coarse < 2e-4
    assert fine < 2e-7


@pytest.mark.parametrize("name", ["heat", "wave", "pendulum"])
def test_it_reaches_rounding(name: str) -> None:
    assert solved(SPECS[name], 1e-10)[1] < 1e-10


def test_a_solution_that_ends_is_told() -> None:
    text = 'problem "p"\ntime t in [0, 2]\nunknown u(t)\neq: u_t = u^2\nic: u = 1  at t = 0\n'
    found = march(lower(pdedsl.parse(text)), 1e-6, Allowance(None))
    assert found.end.startswith("windows shorter than")
    assert found.end.endswith("at t = 1")
    at, last = found.edges[-1], found.windows[-1]
    assert 1 - 1e-3 < at < 1 + 1e-6
    assert last.theta.isfinite().all()
    assert isinstance(march_finely(lower(pdedsl.parse(text)), math.inf, Allowance(None)), str)


def test_what_is_not_finite_is_told() -> None:
    text = space("[-1, 1]", "[0, 1]", """unknown u(x, t)
eq: u_t = u_xx
ic: u = sqrt(x)  at t = 0
bc: u = 0  on boundary""")  # fmt: skip
    found = march(lower(pdedsl.parse(text)), 1e-6, Allowance(None))
    assert found.end == "the residual is not finite at t = 0"
    assert found.windows == ()


def test_time_and_requests_end_it() -> None:
    problem = pdedsl.parse(SPECS["burgers"])
    assert march(lower(problem), 1e-6, Allowance(0.0)).end.startswith("the time is spent at t = 0")
    asked: list[str] = []
    allowance = Allowance(None, lambda: len(asked) >= 2)
    found = march(lower(problem), 1e-4, allowance, asked.append)
    assert len(found.windows) == 2
    assert found.end.startswith("it was stopped at t = ")


def test_parameters_count_with_their_values() -> None:
    text = space("[-pi, pi]", "[0, 1]", """param e = 1
unknown u(x, t)
eq: e*u_tt + u_t + e*d(u, x, 4) + u_x = 0
ic: u = sin(x)  at t = 0
bc: u periodic in x""")  # fmt: skip
    found = march(lower(pdedsl.parse(text, params={"e": 0})), 1e-6, Allowance(None))
    assert found.end == ""
    assert found.windows[0].grid.smoothness == 1


def test_finer_tolerances_one_after_another() -> None:
    problem, texts = pdedsl.parse(SPECS["heat"]), []
    found = march_finely(lower(problem), math.inf, Allowance(None), texts.append)
    assert not isinstance(found, str)
    assert found.march.tolerance == 1e-10
    assert found.difference is not None and found.difference < 1e-7
    assert found.text.startswith(f"evolution in time: {len(found.march.windows)} windows")
    assert texts[0].startswith("tolerance 1e-02: 2% of time in 1 windows")
    assert torch.isfinite(found.theta).all()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (small.LINE, "it has no time"),
        (small.FLOW, "it has more than one space coordinate"),
        (small.FAMILY, "it has several domains or ranges"),
        (
            space("[0, 1]", "[0, 1]", """unknown u(x, t), c(t)
eq f: u_t = u_xx
eq g: c_t = 1
ic: u = 0, c = 0  at t = 0
bc: u = 0  on boundary"""),
            "its fields do not depend on all inputs",
        ),
        (
            space("[0, 1]", "[0, 1]", """unknown u(x, t)
eq: u_t = u_xx
ic: u = 1  at t = 0"""),
            "it has no boundary condition",
        ),
        (
            space("[0, 1]", "[0, 1]", """unknown u(x, t)
eq: u_t = u_xx
eq mass: integral(u, Omega) = 1
ic: u = 1  at t = 0
bc: u_x = 0  on boundary"""),
            "mass does not hold at points",
        ),
        (
            space("[0, 1]", "[0, 1]", """unknown u(x, t)
eq: u_t = u_xx
ic: u = 1  at t = 0
bc: u = 1  on boundary where t < 0.5"""),
            "bc holds at some times alone",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_marched(text: str, reason: str) -> None:
    assert cannot_march(lower(pdedsl.parse(text))) == reason


# Grids.

EDGES = st.lists(st.integers(1, 63), min_size=3, max_size=20, unique=True)


def grid(*breaks: float) -> Grid:
    return Grid((-1.0, 1.0), tuple(sorted(breaks)), 5, 1, 6)


def graded(cuts: list[int]) -> Grid:
    return grid(*(-1 + k / 32 for k in cuts)).graded()


@settings(deadline=None)
@given(cuts=EDGES, seed=st.integers(0, 100))
def test_refining_halves_elements_and_keeps_the_breaks(cuts: list[int], seed: int) -> None:
    before = graded(cuts)
    which = np.random.default_rng(seed).random(before.elements) < 0.4
    after = before.refined(which)
    assert set(before.breaks) <= set(after.breaks)
    assert after.ends == before.ends
    assert all(a < b for a, b in pairwise(after.edges))
    for (a, b), chosen in zip(pairwise(before.edges), which, strict=True):
        assert not chosen or (a + b) / 2 in after.breaks
    assert (after == before) == (not which.any())
    widths = np.diff(after.edges)
    assert (np.maximum(widths[1:] / widths[:-1], widths[:-1] / widths[1:]) < 4.01).all()


@settings(deadline=None)
@given(chosen=st.lists(st.integers(0, 30), max_size=6), seed=st.integers(0, 100))
def test_coarsening_takes_refinement_back(chosen: list[int], seed: int) -> None:
    start = grid(*(-1 + k / 4 for k in range(1, 8)))
    fine = start
    for k in chosen:
        fine = fine.refined(np.arange(fine.elements) == k)
    some = np.random.default_rng(seed).random(fine.elements) < 0.5
    part = fine.coarsened(some)
    assert set(part.breaks) <= set(fine.breaks)
    assert part.elements >= 4
    back = fine
    for _ in range(12):
        back = back.coarsened(np.ones(back.elements, dtype=bool))
    assert back.elements == 4
    assert set(back.breaks) <= set(start.breaks)


def test_elements_are_not_halved_for_ever() -> None:
    one = grid(0.0, 1e-7)
    same = one.refined(np.array([False, True, False]))
    assert 5e-8 not in same.breaks
    assert math.isclose(min(np.diff(same.edges)), 1e-7)


def test_a_grid_has_the_functions_of_its_basis() -> None:
    from pdedsl.models import Axis

    one = grid(-0.5, 0.2, 0.6)
    axes = (Axis(-1.0, 1.0), Axis(0.0, 0.1))
    assert one.options.build(axes, 1).size == one.functions
    alone = Grid(None, (), 0, 0, 9)
    assert alone.options.build(axes[1:], 1).size == alone.functions == 10
