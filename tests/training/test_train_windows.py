"""Training window by window."""

from __future__ import annotations

import math

import pytest
import torch

import pdedsl
from pdedsl.diagnostics import UserError
from pdedsl.settings.load import load_method
from pdedsl.settings.method import Method
from pdedsl.training.train import train
from pdedsl.training.windows.first_parameters import extrapolate, hold_initial_values
from pdedsl.training.windows.window_system import WindowState, windows_of

ODE = """problem "decay"
time t in [0, 2]
unknown u(t)
eq: u_t = -u + u^2/4
ic: u = 1  at t = 0
exact u = 4/(1 + 3*exp(t))
"""
TOML = """[model]
kind = "windows"
count = 4
[[model.pieces]]
kind = "mlp"
width = 8
depth = 1
activation = "sin"
[optimizer]
kind = "lm"
iterations = 60
[sampling]
points = { eq = 40 }
"""
SPLINES = """problem "p"
domain Omega: x in [0, 1]
time t in [0, 0.4]
unknown u(x, t)
eq: u_t = u_xx - u^3
ic: u = sin(pi*x)  at t = 0
bc: u = 0  on boundary
"""
PIECE = {"kind": "basis", "modes": [7, 6], "breaks": [[0.25, 0.5, 0.75], []], "smoothness": 1}


def method(tmp_path) -> Method:
    path = tmp_path / "windows.toml"
    path.write_text(TOML)
    return load_method(str(path), {})[0]


def jumps(system, theta) -> list[float]:
    """How far the pieces are from each other at the edges between them."""
    edges = system.networks[0].model.edges[1:-1]
    out = []
    for edge in edges:
        at = torch.tensor([[math.nextafter(edge, -1)], [edge]], dtype=torch.float64)
        if len(system.problem.inputs) > 1:
            x = torch.linspace(0, 1, 9, dtype=torch.float64)
            at = torch.cat([torch.stack((x, t.expand(9)), dim=1) for t in at])
        values = system.fields(theta, at)["u"].view(2, -1)
        out.append(float((values[0] - values[1]).abs().max()))
    return out


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    chosen = method(tmp_path_factory.mktemp("methods"))
    return pdedsl.solve(pdedsl.parse(ODE), chosen)


def test_networks_meet_at_the_edges_and_solve_the_equation(trained) -> None:
    assert trained.errors["u"]["rel_l2"] < 1e-5
    assert len(jumps(trained.system, trained.theta)) == 3
    assert max(jumps(trained.system, trained.theta)) < 1e-5


def test_the_outcome_is_that_of_the_whole(trained) -> None:
    outcome, system = trained.outcome, trained.system
    assert outcome.loss == pytest.approx(float(system.loss(outcome.theta)))
    assert set(outcome.laws) == {"eq", "ic"}
    notes = [line.note for line in outcome.history if line.note]
    assert [n.split(":")[0] for n in notes if n.startswith("window")] == [
        f"window {k} of 4" for k in range(1, 5)
    ]
    counts = [line.iteration for line in outcome.history]
    assert counts == sorted(counts) and counts[-1] == outcome.iterations


def test_a_run_is_read_back(trained, tmp_path) -> None:
    loaded = pdedsl.Solution.load(trained.save(tmp_path / "run"))
    t = torch.linspace(0, 2, 23, dtype=torch.float64).numpy()
    assert (loaded(t=t) == trained(t=t)).all()


def splines(**more: object):
    model = {"kind": "windows", "count": 3, "pieces": [PIECE]} | more
    chosen = Method.model_validate({
        "model": model, "optimizer": {"kind": "lstsq"}, "sampling": {"kind": "collocation"},
    })  # fmt: skip
    system = pdedsl.compile(pdedsl.parse(SPLINES), model=chosen.model, sampling="collocation")
    return system, chosen


def test_splines_are_solved_by_newtons_method() -> None:
    system, chosen = splines()
    outcome = train(system, chosen)
    assert outcome.status == "converged", outcome.reason
    assert outcome.reason == "all 3 windows are at a minimum of their losses"
    assert max(jumps(system, outcome.theta)) < 1e-12
    assert outcome.iterations < 30


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_start_is_taken(dtype: str) -> None:
    system, chosen = splines()
    first = train(system, chosen)
    own = pdedsl.compile(
        pdedsl.parse(SPLINES), model=chosen.model, sampling="collocation", dtype=dtype
    )
    again = train(own, chosen, start=first.theta)
    assert again.theta.dtype == getattr(torch, dtype)
    assert again.iterations <= 2 * first.iterations
    close = 1e-10 if dtype == "float64" else 1e-3
    assert float((again.theta - first.theta).norm()) < close * float(first.theta.norm())


def test_every_window_that_is_done_is_shown() -> None:
    """To who saves the best state: a long training of windows is not lost with its process."""
    system, chosen = splines()
    seen: list[torch.Tensor] = []
    train(system, chosen, errors=lambda theta: seen.append(theta) or {})
    assert len(seen) >= 5
    assert len({tuple(theta.tolist()) for theta in seen}) >= 4


def test_windows_that_are_solved_are_not_trained_again() -> None:
    system, chosen = splines()
    first = train(system, chosen)
    again = train(system, chosen, start=first.theta, budget=1e-9)
    assert again.status == "converged"
    assert again.reason == "all 3 windows are solved to the tolerance of the march"
    assert (again.theta == first.theta).all()
    stopped = train(system, chosen, start=first.theta, should_stop=lambda: True)
    assert stopped.status == "interrupted"
    assert (stopped.theta == first.theta).all()


def test_the_budget_ends_it() -> None:
    system, chosen = splines(count=200)
    outcome = train(system, chosen, budget=0.3)
    assert outcome.status == "budget"
    assert outcome.theta.isfinite().all()


def test_a_request_ends_it_between_the_windows() -> None:
    system, chosen = splines()
    steps: list[int] = []
    outcome = train(
        system, chosen, on_step=lambda number, step, _: steps.append(number),
        should_stop=lambda: len(steps) > 6,
    )  # fmt: skip
    assert outcome.status == "interrupted"
    assert outcome.reason.startswith("window ")
    windows = windows_of(system)
    assert windows[0].extract(outcome.theta).abs().max() > 0.1
    assert windows[-1].extract(outcome.theta).abs().max() == 0


def test_the_state_is_continued_along_its_slope() -> None:
    system, chosen = splines()
    theta = train(system, chosen).theta
    windows = windows_of(system)
    before = WindowState(windows[0].system(None, 0), windows[0].extract(theta))
    second = windows[1].system(before, 0)
    guess = extrapolate(before, second)
    x = torch.linspace(0, 1, 11, dtype=torch.float64)
    at = torch.stack((x, torch.full_like(x, windows[1].lower)), dim=1)
    end, after = before.system.fields(before.theta, at)["u"], second.fields(guess, at)["u"]
    assert torch.allclose(end, after, atol=1e-5)
    later = at + torch.tensor([0.0, 0.02])
    exact = second.fields(windows[1].extract(theta), later)["u"]
    close, still = (float((v - exact).abs().max()) for v in (second.fields(guess, later)["u"], end))
    assert close < 0.25 * still


def test_the_first_window_starts_at_the_initial_values() -> None:
    system, _ = splines()
    first = windows_of(system)[0].system(None, 0)
    guess = hold_initial_values(first)
    x = torch.linspace(0, 1, 11, dtype=torch.float64)
    for t in (0.0, 0.1):
        at = torch.stack((x, torch.full_like(x, t)), dim=1)
        assert torch.allclose(first.fields(guess, at)["u"], torch.sin(torch.pi * x), atol=1e-3)


def test_networks_start_where_the_window_before_ended(tmp_path) -> None:
    chosen = method(tmp_path)
    system = pdedsl.compile(pdedsl.parse(ODE), model=chosen.model)
    windows = windows_of(system)
    before = WindowState(windows[0].system(None, 0), windows[0].extract(system.theta0))
    second = windows[1].system(before, 0)
    assert hold_initial_values(before.system) is None
    assert extrapolate(before, second) is before.theta


@pytest.mark.parametrize("key", ["hard", "analysed"])
def test_options_that_pieces_do_not_have_are_refused(key: str, tmp_path) -> None:
    kind = {"hard": "mlp", "analysed": "basis"}[key]
    path = tmp_path / "m.toml"
    path.write_text(f'[model]\nkind = "windows"\n[[model.pieces]]\nkind = "{kind}"\n{key} = true\n')
    with pytest.raises(UserError, match=f"a piece of windows has no {key} = true"):
        load_method(str(path), {})
