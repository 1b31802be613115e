"""Last layers at their least-squares optimum at the start."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import pdedsl
from pdedsl.compiler.residual.build import build
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.models import MisfitError
from pdedsl.training.last_layer import with_last_layer

HEAT = """
domain  Omega: x in [0, 1]
time    t in [0, 1]
unknown u(x, t)
eq: u_t - u_xx/10 = 0
bc: u = 0  on boundary
ic: u = sin(pi*x)  at t = 0
exact u = exp(-pi^2*t/10)*sin(pi*x)
"""
BURGERS = """
domain  Omega: x in [-1, 1]
time    t in [0, 1]
unknown u(x, t)
eq: u_t + u*u_x = u_xx/10
bc: u = 0  on boundary
ic: u = -sin(pi*x)  at t = 0
"""
NONLINEAR = """
domain  Omega: x in [0, 1]
unknown u(x)
eq: u*u_x = x
bc: u^2 = 0  on x = 0
"""
PAIR = """
domain  Omega: x in [0, 1]
unknown u(x)
unknown v(x)
eq: u_xx + v = x
eq: v_xx - u = 1
bc: (u, v) = (0, 1)  on boundary
"""
SMALL = {"kind": "residual_mlp", "width": 6, "depth": 1}
POINTS = {"eq": 60, "bc": 20, "ic": 20}


def system(text: str, **more: object) -> ResidualSystem:
    return build(pdedsl.parse(text), SMALL | more, POINTS, weights={"bc": 10.0})


@pytest.mark.parametrize("text", [HEAT, PAIR])
@pytest.mark.parametrize("rwf", [True, False])
def test_all_laws_of_a_linear_problem_are_at_their_optimum(text: str, rwf: bool) -> None:
    """As numpy's least squares in the columns of the last layers, where nothing else moves."""
    s = system(text, rwf=rwf)
    places = s.affine_parameters
    assert places is not None
    r, jacobian = s.residual_and_jacobian(s.theta0)
    columns = jacobian[:, places].numpy()
    right = columns @ s.theta0[places].numpy() - r.numpy()
    best = right - columns @ np.linalg.lstsq(columns, right, rcond=1e-12)[0]
    theta = with_last_layer(s, s.theta0)
    # The cut-off of small singular values costs a little.
    assert 1 - 1e-9 < float(s.loss(theta)) / float(best @ best) < 1.01
    assert float(s.loss(theta)) < 0.5 * float(s.loss(s.theta0))
    others = torch.ones(len(theta), dtype=torch.bool)
    others[places] = False
    assert torch.equal(theta[others], s.theta0[others])


def test_the_linear_laws_of_a_nonlinear_problem() -> None:
    """Conditions alone: fewer rows than width would leave a choice, here there are more."""
    s = system(BURGERS)
    assert s.affine_parameters is None
    theta = with_last_layer(s, s.theta0)
    rows = [row for b in s.blocks if b.kind != "eq" for row in range(b.rows.start, b.rows.stop)]
    (place,) = s.last_layers
    r, jacobian = s.residual_and_jacobian(theta)
    slope = jacobian[rows, place].T @ r[rows]
    start = s.residual_and_jacobian(s.theta0)
    before = start[1][rows, place].T @ start[0][rows]
    assert float(slope.norm()) < 1e-9 * float(before.norm())


def test_coefficients_of_least_norm() -> None:
    """More neurons than rows: the rows hold, and no coefficient lies in the kernel."""
    s = build(
        pdedsl.parse(BURGERS), {"width": 40, "depth": 1, "bandwidth": 5.0}, {"ic": 6, "bc": 4}
    )
    theta = with_last_layer(s, s.theta0)
    losses = s.losses_by_law(theta)
    assert losses["ic"] < 1e-4 and losses["bc"] < 1e-4
    assert float(theta[s.last_layers[0]].norm()) < 1e3


def test_training_begins_there() -> None:
    method = pdedsl.Method.model_validate({
        "model": SMALL, "optimizer": {"kind": "adam", "iterations": 3},
        "schedule": {"last_layer": "least_squares"},
    })  # fmt: skip
    s, losses = system(HEAT), []
    pdedsl.train(s, method, on_step=lambda _, step, *rest: losses.append(step.loss))
    assert losses[0] == pytest.approx(float(s.loss(with_last_layer(s, s.theta0))), rel=1e-12)
    raced = method.model_copy(update={"schedule": pdedsl.Method.model_validate({
        "model": SMALL,
        "schedule": {"last_layer": "least_squares", "starts": {"seeds": 2, "iterations": 2}},
    }).schedule})  # fmt: skip
    other: list[float] = []
    pdedsl.train(s, raced, on_step=lambda _, step, *rest: other.append(step.loss))
    assert max(other) < 0.5 * float(s.loss(s.theta0))


def test_what_cannot_be_fitted_is_refused() -> None:
    with pytest.raises(MisfitError, match="leave last_layer out"):
        with_last_layer(system(NONLINEAR), torch.zeros(1))
    module = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
    s = build(pdedsl.parse(HEAT), module, POINTS)
    with pytest.raises(MisfitError, match="a model without layers"):
        with_last_layer(s, s.theta0)
    with pytest.raises(ValueError, match="but the model is basis"):
        pdedsl.Method.model_validate(
            {"model": {"kind": "basis"}, "schedule": {"last_layer": "least_squares"}}
        )


SMALLER = {"model.width": 8, "model.depth": 2, "optimizer.iterations": 40}
SMALLER |= {f"sampling.points.{kind}": count for kind, count in POINTS.items()}
WAVES = {"model.features": 5, "optimizer.rate": 1e-2}


@pytest.mark.parametrize("text", [HEAT, BURGERS, PAIR])
@pytest.mark.parametrize(
    ("name", "more"),
    [("raissi", {}), ("jaxpi", WAVES), ("pirate", WAVES), ("siren", {"optimizer.rate": 1e-2})],
)
def test_presets_lower_the_residuals(name: str, more: dict[str, object], text: str) -> None:
    """On linear, nonlinear and coupled problems, with small networks."""
    settings = [*SMALLER.items(), *more.items()]
    solution = pdedsl.solve(pdedsl.parse(text), name, settings=settings)
    system = solution.system
    before, after = (
        sum(r**2 for r in system.losses_by_law(theta).values())
        for theta in (system.theta0, solution.theta)
    )
    assert after < 0.7 * before
