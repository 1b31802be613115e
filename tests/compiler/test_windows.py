"""Windows of a problem in time: their laws, targets, and what has none."""

from __future__ import annotations

import pytest
import torch

import pdedsl
from pdedsl.compiler.lowering.lower import lower
from pdedsl.compiler.residual.windows import restricted, why_not, windows_of
from pdedsl.diagnostics import UserError
from pdedsl.geometry import input_bounds
from pdedsl.ir import Slice
from pdedsl.models import MisfitError
from tests import small

WAVE = """problem "w"
domain Omega: x in [0, 1]
time t in [1, 3]
unknown u(x, t)
eq: u_tt = u_xx
ic: u = sin(pi*x), u_t = x  at t = 1
bc: u = 0  on boundary
"""
MLP = {"kind": "mlp", "width": 4, "depth": 1}


def reason(text: str) -> str | None:
    problem = pdedsl.parse(text)
    return why_not(lower(problem))


def changed(old: str, new: str) -> str:
    assert old in WAVE
    return WAVE.replace(old, new)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (WAVE, None),
        (small.HEAT, None),
        (small.ODES, None),
        (small.LINE, "it has no time"),
        (
            changed("u(x, t)\n", "u(x, t), w(x)\neq s: w_xx = 0\n"),
            "a field does not depend on time",
        ),
        (
            changed("u_xx\n", "c*u_xx\n").replace("u(x, t)", "u(x, t)\nunknown c > 0 guess 1"),
            "its unknown numbers belong to all times",
        ),
        (changed("u_tt = u_xx", "u_tt = u(x, 1)"), "eq has fields at several times"),
        (changed("u_t = x  at", "u_t = u_x^2  at"), "ic is a nonlinear initial condition"),
        (
            changed("bc:", "bc end: u = 0  at t = 3\nbc:").replace("bc end", "ic end"),
            "end holds at one time after the start",
        ),
        (changed("on boundary", "on boundary where t < 2"), "bc holds at some times alone"),
    ],
)
def test_why_a_problem_has_no_windows(text: str, expected: str | None) -> None:
    assert reason(text) == expected


def test_a_problem_on_a_part_of_the_time() -> None:
    problem = restricted(lower(pdedsl.parse(WAVE)), 1.5, 2.0).problem
    assert list(input_bounds(problem).values()) == [(0.0, 1.0), (1.5, 2.0)]
    place = problem.law("ic").place
    assert isinstance(place, Slice)
    assert [float(value) for _, value in place.fixed] == [1.5]


def system(sampling: str = "sobol", text: str = WAVE, **model: object):
    given = {"kind": "windows", "edges": (1.0, 1.5, 2.25, 3.0), "pieces": (MLP,)} | model
    return pdedsl.compile(pdedsl.parse(text), model=given, sampling=sampling, points={"ic": 9})


def test_windows_cover_time_and_parameters() -> None:
    whole = system()
    windows = windows_of(whole)
    assert [(w.lower, w.upper) for w in windows] == [(1.0, 1.5), (1.5, 2.25), (2.25, 3.0)]
    theta, out = torch.arange(whole.parameters, dtype=torch.float64), whole.theta0
    for window in windows:
        out = window.put(out, window.take(theta))
    assert torch.equal(out, theta)


def test_points_lie_in_the_window() -> None:
    whole = system()
    windows = windows_of(whole)
    first = windows[0].build(None, 0)
    own = windows[1].build(first.theta0, 0)
    points = own.points_by_law
    first_time, last_time = (float(t) for t in torch.aminmax(points["eq"][:, 1]))
    assert first_time >= 1.5
    assert last_time <= 2.25
    assert (points["ic"][:, 1] == 1.5).all()


def test_initial_laws_continue_the_window_before() -> None:
    """The rows of u and u_t at the begin are those of this window less those of the one before."""
    whole = system()
    theta = whole.initial(7)
    windows = windows_of(whole)
    first = windows[0].build(None, 0)
    own = windows[1].build(windows[0].take(theta), 0)
    block = next(b for b in own.blocks if b.kind == "ic")
    rows = own.residual(windows[1].take(theta))[block.rows].view(2, -1) / block.map.scale
    points = block.points
    shift = torch.tensor([0.0, 1e-5], dtype=torch.float64)

    def values(one, part):
        here = one.fields(part, points)["u"]
        slope = (
            one.fields(part, points + shift)["u"] - one.fields(part, points - shift)["u"]
        ) / 2e-5
        return here, slope

    mine, past = values(own, windows[1].take(theta)), values(first, windows[0].take(theta))
    assert torch.allclose(rows[0], mine[0] - past[0], rtol=0, atol=1e-13)
    assert torch.allclose(rows[1], mine[1] - past[1], rtol=0, atol=1e-8)
    assert rows.abs().max() > 1e-2


def test_the_first_window_has_the_initial_values() -> None:
    windows = windows_of(system())
    first = windows[0].build(None, 0)
    block = next(b for b in first.blocks if b.kind == "ic")
    assert block.data.targets == ()
    rows = first.residual(first.theta0)[block.rows].view(2, -1)[0] / block.map.scale
    x = block.points[:, 0]
    expected = first.fields(first.theta0, block.points)["u"] - torch.sin(torch.pi * x)
    assert torch.allclose(rows, expected, atol=1e-14)


def test_systems_without_windows_have_none() -> None:
    assert windows_of(pdedsl.compile(pdedsl.parse(WAVE), model=MLP)) == ()


def test_problems_without_windows_are_refused() -> None:
    text = changed("u_t = x  at", "u_t = u_x^2  at")
    with pytest.raises(UserError, match="nonlinear initial condition"):
        system(text=text)


def test_windows_of_another_input_are_refused() -> None:
    with pytest.raises((UserError, MisfitError), match="not those of time"):
        system(axis=0, edges=(0.0, 0.5, 1.0))


def test_networks_have_no_nodes_of_collocation() -> None:
    with pytest.raises(UserError, match="take sobol for networks"):
        system("collocation")
