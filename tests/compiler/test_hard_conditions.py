"""Conditions built into networks: how exactly they hold, and what they do to training."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

import pdedsl
from pdedsl.compiler import ResidualSystem, build
from pdedsl.diagnostics import UserError
from pdedsl.ir import Problem
from pdedsl.settings.method import Method
from pdedsl.training.train import train
from tests.conftest import ROOT, SPECS

F = torch.float64
MODEL = {"width": 6, "depth": 2, "hard": True}
POINTS = {"eq": 20, "bc": 12, "ic": 12, "fit": 12}

# By spec: the laws that hold exactly, and those that cannot.
EXPECTED: dict[str, tuple[str, str]] = {
    "advection": ("ic", ""),
    "allen_cahn": ("", "ic"),  # the slope of the state at t = 0 jumps where the circle closes
    "allen_cahn_anagram": ("ic bc", ""),
    "annulus": ("bc", ""),
    "biharmonic": ("", "bc"),
    "burgers": ("ic bc", ""),
    "cavity": ("walls", "lid gauge"),
    "cavity_stream": ("", "lid walls"),
    "cylinder_wake_inverse": ("", "gauge fit"),
    "elasticity": ("floor", "roller load"),
    "four_holes": ("bc", ""),
    "gray_scott": ("ic", ""),
    "heat": ("ic bc", ""),
    "heat_inverse": ("ic bc", "fit"),
    "heat_quarter": ("ic bc", ""),
    "helmholtz": ("bc", ""),
    "helmholtz_6_6": ("bc", ""),
    "helmholtz_disk": ("bc", ""),
    "inclusion": ("", "outer value flux"),
    "interface": ("cold hot", "side1 side2 value flux"),
    "kdv": ("ic", ""),
    "kirsch": ("", "far free"),
    "klein_gordon": ("ic bc", ""),
    "kovasznay": ("bc", "gauge"),
    "kuramoto_sivashinsky": ("ic", ""),
    "laplace_5d": ("bc", ""),
    "lotka_volterra": ("ic", ""),
    "pendulum": ("ic", ""),
    "poisson_10d": ("bc", ""),
    "poisson_1d": ("bc", ""),
    "poisson_2d": ("bc", ""),
    "poisson_hole": ("", "fixed robin hole"),
    "poisson_lshape": ("", "bc"),
    "heat_disk": ("ic bc", ""),
    "stl_body": ("", "bc"),
    "wave_triangle": ("ic rest bc", ""),
    "advection_annulus": ("ic", "outer inner"),
    "poisson_sin": ("bc", ""),
    "reaction": ("ic", ""),
    "reaction_diffusion": ("", "ic"),  # as for allen_cahn
    "taylor_green": ("ic", "gauge"),
    "wave": ("ic bc", ""),
}


def load(name: str) -> Problem:
    return pdedsl.load(ROOT / "specs" / f"{name}.pde")


def hard(problem: Problem, **options: object) -> ResidualSystem:
    return build(problem, MODEL, POINTS, **options)  # type: ignore[arg-type]


def drawn(system: ResidualSystem, seed: int) -> Tensor:
    """Parameters of order one, whatever the initialisation."""
    return torch.randn(system.parameters, dtype=F, generator=torch.Generator().manual_seed(seed))


def largest(system: ResidualSystem, theta: Tensor, expression: object, **fixed: float) -> float:
    """Largest value of an expression on the points of the box where inputs are fixed."""
    from pdedsl.geometry import hull_bounds

    generator = np.random.default_rng(0)
    columns = [
        np.full(50, fixed[s.name]) if s.name in fixed
        else np.concatenate([[low, high], generator.uniform(low, high, 48)])
        for s, (low, high) in hull_bounds(system.problem).items()
    ]  # fmt: skip
    points = torch.from_numpy(np.stack(columns, axis=1))
    return system.derivative(theta, expression, points).abs().max().item()


def test_the_table_has_every_spec() -> None:
    assert {path.stem for path in SPECS} == EXPECTED.keys()


@pytest.mark.parametrize("name", EXPECTED)
def test_the_gallery(name: str) -> None:
    system = hard(load(name))
    exact, soft = (set(text.split()) for text in EXPECTED[name])
    assert set(system.exact_laws) == exact
    assert set(system.soft_laws) == soft
    rows = [law.label for law in system.problem.laws if law.label not in exact]
    assert [b.label for b in system.blocks] == rows
    for seed in range(3):
        theta = drawn(system, seed)
        assert max(system.exact_losses(theta).values(), default=0.0) < 1e-14
    theta = system.theta0
    residual, jacobian = system.residual_and_jacobian(theta)
    assert torch.isfinite(jacobian).all()
    torch.testing.assert_close(residual, system.residual(theta), rtol=1e-12, atol=1e-13)
    v = torch.randn(len(theta), dtype=F, generator=torch.Generator().manual_seed(0))
    scale = (jacobian @ v).abs().max().item()
    torch.testing.assert_close(system.jvp(theta, v), jacobian @ v, rtol=1e-10, atol=1e-12 * scale)
    w = residual.roll(1)
    scale = (jacobian.T @ w).abs().max().item()
    torch.testing.assert_close(system.vjp(theta, w), jacobian.T @ w, rtol=1e-10, atol=1e-12 * scale)


@pytest.mark.parametrize("kind", ["mlp", "modified_mlp", "residual_mlp", "fourier"])
def test_the_wave_keeps_values_and_velocity(kind: str) -> None:
    system = build(load("wave"), MODEL | {"kind": kind}, POINTS)
    ((_, exact),) = system.problem.exact
    (u,) = system.problem.components
    _, t = system.problem.inputs
    for seed in range(3):
        theta = 3 * drawn(system, seed)
        assert largest(system, theta, u - exact, t=0.0) < 1e-14
        assert largest(system, theta, u.diff(t), t=0.0) < 1e-13  # terms of order 30 cancel
        assert largest(system, theta, u, x=0.0) == 0
        assert largest(system, theta, u, x=1.0) < 1e-14
        assert largest(system, theta, u - exact, t=0.5) > 1e-3


def test_velocities_that_meet_moving_ends() -> None:
    """Klein-Gordon: u(1, t) = cos(5πt) + t³, u = x and u_t = 0 at the start."""
    system = hard(load("klein_gordon"))
    ((_, exact),) = system.problem.exact
    (u,) = system.problem.components
    _, t = system.problem.inputs
    theta = drawn(system, 1)
    for order in (0, 1):
        assert largest(system, theta, (u - exact).diff(t, order), t=0.0) < 1e-14
        assert largest(system, theta, (u - exact).diff(t, order), x=1.0) < 2e-14
        assert largest(system, theta, (u - exact).diff(t, order), x=0.0) == 0


@pytest.mark.parametrize("name", ["klein_gordon", "elasticity", "biharmonic", "poisson_1d"])
def test_the_jacobian_against_finite_differences(name: str) -> None:
    system = hard(load(name))
    theta = 0.3 * drawn(system, 0)
    jacobian = system.jacobian(theta)
    step = 1e-6
    for p in range(0, system.parameters, 5):
        shift = torch.zeros_like(theta)
        shift[p] = step
        slope = (system.residual(theta + shift) - system.residual(theta - shift)) / (2 * step)
        scale = jacobian[:, p].abs().max().item() + system.residual(theta).abs().max().item()
        assert torch.allclose(jacobian[:, p], slope, rtol=1e-6, atol=1e-8 * scale)


def test_an_exact_law_has_no_rows_but_a_residual() -> None:
    problem = load("heat")
    system = build(problem, MODEL, POINTS, weights={"bc": 7.0, "ic": 3.0, "eq": 2.0})
    assert (system.rows, list(system.points_by_law)) == (20, ["eq"])
    theta = system.theta0
    assert list(system.losses_by_law(theta)) == list(system.gradients_by_law(theta)) == ["eq"]
    assert list(system.exact_losses(theta)) == ["ic", "bc"]
    system.set_weights({"bc": 1.0, "eq": 1.0})
    before = system.points_by_law["eq"]
    system.resample(4)
    assert not torch.equal(before, system.points_by_law["eq"])
    assert math.isclose(float(system.loss(theta)), system.losses_by_law(theta)["eq"] ** 2)
    assert "bc" not in system.pieces()
    assert system.residual_at(theta, "bc", torch.zeros(1, 2, dtype=F)).abs().max() == 0


def test_without_the_option_all_laws_have_rows() -> None:
    system = build(load("heat"), MODEL | {"hard": False}, POINTS)
    assert (system.exact_laws, system.soft_laws) == ((), {})
    assert [b.label for b in system.blocks] == ["eq", "ic", "bc"]
    assert system.exact_losses(system.theta0) == {}


def test_single_precision() -> None:
    system = hard(load("klein_gordon"), dtype="float32")
    theta = drawn(system, 0).float()
    assert max(system.exact_losses(theta).values()) < 5e-7
    assert system.residual(theta).dtype == torch.float32


def test_bandwidths_of_starts_are_drawn_for_the_model_inside() -> None:
    system = hard(load("wave"))
    plain = build(load("wave"), MODEL | {"hard": False}, POINTS)
    again = system.initial(5, MODEL | {"bandwidth": 2.0})
    assert torch.equal(again, plain.initial(5, MODEL | {"hard": False, "bandwidth": 2.0}))
    assert system.parts == plain.parts


def trained(name: str, steps: int, **model: object) -> tuple[dict, ResidualSystem]:
    model = {"width": 20, "depth": 1, "activation": "sin", "bandwidth": 1.0} | model
    points = {"eq": 400, "bc": 100, "ic": 100}
    method = Method.model_validate({
        "model": model, "weights": {"bc": 100.0, "ic": 100.0}, "sampling": {"points": points},
        "optimizer": {"kind": "lm", "iterations": steps},
    })  # fmt: skip
    solution = pdedsl.solve(load(name), method)
    return solution.errors["u"], solution.system


@pytest.mark.parametrize(("name", "accuracy"), [("poisson_2d", 1e-8), ("heat", 1e-6)])
def test_a_short_training(name: str, accuracy: float) -> None:
    errors, system = trained(name, 60, hard=True)
    assert errors["rel_l2"] < accuracy
    assert system.exact_laws


def test_a_solution_is_saved_and_read_again(tmp_path: Path) -> None:
    method = Method.model_validate({
        "model": {"width": 6, "depth": 1, "hard": True},
        "optimizer": {"kind": "lm", "iterations": 4}, "sampling": {"points": POINTS},
    })  # fmt: skip
    solution = pdedsl.solve(load("cavity"), method, run_dir=tmp_path / "run")
    data = json.loads((tmp_path / "run" / "run.json").read_text())
    assert list(data["laws"]) == ["momentum", "mass", "lid", "gauge"]
    assert data["exact_laws"]["walls"] < 1e-14
    assert data["soft_laws"]["lid"].startswith("equation 1: it contradicts walls")
    header = (tmp_path / "run" / "history.csv").read_text().splitlines()[0]
    assert "walls" not in header.split(",")
    again = pdedsl.Solution.load(tmp_path / "run")
    at = {"x": np.linspace(0, 1, 7), "y": 0.4}
    for name, values in solution(**at).items():
        assert np.array_equal(values, again(**at)[name])
    assert again.summary()["exact_laws"] == solution.summary()["exact_laws"]
    assert again.system.exact_laws == ("walls",)
    assert np.array_equal(again(x=0.0, y=np.linspace(0, 1, 5))["v"], np.zeros((2, 5)))


def test_progress_and_pictures_have_the_laws_with_rows(tmp_path: Path) -> None:
    method = Method.model_validate({
        "model": {"width": 6, "depth": 1, "hard": True},
        "optimizer": {"kind": "lm", "iterations": 3}, "sampling": {"points": POINTS},
    })  # fmt: skip
    solution = pdedsl.solve(load("heat"), method)
    assert all(list(p.laws) == ["eq"] for p in solution.outcome.history)
    assert {"history", "residuals"} <= {name.split(".")[0] for name in solution.plot(tmp_path)}


def test_a_method_file_has_the_option(tmp_path: Path) -> None:
    file = tmp_path / "m.toml"
    file.write_text('[model]\nkind = "mlp"\nhard = true\nwidth = 6\n[optimizer]\nkind = "lm"\n')
    from pdedsl.settings.load import load_method

    method, _ = load_method(str(file))
    assert method.model.hard is True
    file.write_text('[model]\nkind = "basis"\nhard = true\n')
    with pytest.raises(UserError, match="no key hard"):
        load_method(str(file))


def test_training_follows_the_loss_of_what_is_left() -> None:
    method = Method.model_validate({
        "model": {"width": 6, "depth": 1, "hard": True}, "sampling": {"points": POINTS},
        "optimizer": {"kind": "adam", "iterations": 20, "rate": 0.01},
    })  # fmt: skip
    system = build(load("heat"), method.model, POINTS)
    outcome = train(system, method)
    assert outcome.loss < float(system.loss(system.theta0))
    assert list(outcome.laws) == ["eq"]
