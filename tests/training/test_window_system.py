"""The residuals of windows of time: their points, targets, and what has none."""

from __future__ import annotations

import pytest
import torch

import pdedsl
from pdedsl.diagnostics import UserError
from pdedsl.models import MisfitError
from pdedsl.training.windows.window_system import WindowState, windows_of

WAVE = """problem "w"
domain Omega: x in [0, 1]
time t in [1, 3]
unknown u(x, t)
eq: u_tt = u_xx
ic: u = sin(pi*x), u_t = x  at t = 1
bc: u = 0  on boundary
"""
MLP = {"kind": "mlp", "width": 4, "depth": 1}


def changed(old: str, new: str) -> str:
    assert old in WAVE
    return WAVE.replace(old, new)


def system(sampling: str = "sobol", text: str = WAVE, **model: object):
    given = {"kind": "windows", "edges": (1.0, 1.5, 2.25, 3.0), "pieces": (MLP,)} | model
    return pdedsl.compile(pdedsl.parse(text), model=given, sampling=sampling, points={"ic": 9})


def test_windows_cover_time_and_parameters() -> None:
    whole = system()
    windows = windows_of(whole)
    assert [(w.lower, w.upper) for w in windows] == [(1.0, 1.5), (1.5, 2.25), (2.25, 3.0)]
    theta, out = torch.arange(whole.parameters, dtype=torch.float64), whole.theta0
    for window in windows:
        out = window.insert(out, window.extract(theta))
    assert torch.equal(out, theta)


def test_points_lie_in_the_window() -> None:
    whole = system()
    windows = windows_of(whole)
    first = windows[0].system(None, 0)
    own = windows[1].system(WindowState(first, first.theta0), 0)
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
    first = windows[0].system(None, 0)
    own = windows[1].system(WindowState(first, windows[0].extract(theta)), 0)
    block = next(b for b in own.blocks if b.kind == "ic")
    rows = own.residual(windows[1].extract(theta))[block.rows].view(2, -1) / block.map.scale
    points = block.points
    shift = torch.tensor([0.0, 1e-5], dtype=torch.float64)

    def values(one, part):
        here = one.fields(part, points)["u"]
        slope = (
            one.fields(part, points + shift)["u"] - one.fields(part, points - shift)["u"]
        ) / 2e-5
        return here, slope

    mine, past = values(own, windows[1].extract(theta)), values(first, windows[0].extract(theta))
    assert torch.allclose(rows[0], mine[0] - past[0], rtol=0, atol=1e-13)
    assert torch.allclose(rows[1], mine[1] - past[1], rtol=0, atol=1e-8)
    assert rows.abs().max() > 1e-2


def test_the_first_window_has_the_initial_values() -> None:
    windows = windows_of(system())
    first = windows[0].system(None, 0)
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
