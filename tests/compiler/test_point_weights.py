"""Weights of points, against rows that are multiplied by their roots by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

import pdedsl
from pdedsl.compiler import ResidualSystem, build
from pdedsl.compiler.lowering.lower import lower
from pdedsl.compiler.residual.adaptive import Adaptive
from pdedsl.compiler.residual.law_integrals import LawIntegrals
from pdedsl.training.windows.window_system import windows_of
from tests.small import FLOW, HEAT, PLANE

NETWORK = {"kind": "mlp", "width": 7, "depth": 2}


def flow() -> ResidualSystem:
    """A vector law, a scalar one and one between integrals."""
    return pdedsl.compile(pdedsl.parse(FLOW), NETWORK, {"eq": 24, "bc": 12, "ic": 9, "gauge": 3})


def quadrature() -> ResidualSystem:
    """Points that have weights already."""
    return pdedsl.compile(
        pdedsl.parse(PLANE), NETWORK, {"eq": 25, "bc": 12}, sampling="gauss", weights={"bc": 3.0}
    )


def splines() -> ResidualSystem:
    """Rows with few entries."""
    piece = {"kind": "basis", "modes": [4, 2], "breaks": [[0.3, 0.5], []], "smoothness": 1}
    model = {"kind": "windows", "pieces": [piece]}
    whole = pdedsl.compile(pdedsl.parse(HEAT), model, {"eq": 60, "bc": 12, "ic": 9})
    return windows_of(whole)[0].system(None, 0)


def integrals() -> ResidualSystem:
    """The weak form of the equation, by a matrix of few entries that mixes two integrands."""
    problem = pdedsl.parse(PLANE)
    x, y = (s for s in problem.inputs)
    u = problem.components[0]
    rng = np.random.default_rng(5)
    own = LawIntegrals((u.diff(x), u.diff(y) - 4), rng.random((11, 2)), rng.normal(size=(6, 22)))
    return build(lower(problem), NETWORK, {"bc": 12}, integrals={"eq": own}, weights={"eq": 2.0})


SYSTEMS = [flow, quadrature, splines, integrals]


def weights_of(system: ResidualSystem, seed: int = 0) -> dict[str, Tensor]:
    """Random weights with zeros for all laws but the last."""
    rng = np.random.default_rng(seed)
    parts = system.point_losses(system.theta0)
    made = {label: rng.exponential(size=len(own)) for label, own in list(parts.items())[:-1]}
    for own in made.values():
        own[1] = 0.0
    return {label: torch.tensor(own) for label, own in made.items()}


def roots(system: ResidualSystem, weights: dict[str, Tensor]) -> Tensor:
    """√ω of every row: those of the points, once for each component."""
    out = torch.ones(system.rows, dtype=torch.float64)
    for block in system.blocks:
        if block.label in weights:
            own = weights[block.label].sqrt()
            out[block.rows] = own.repeat((block.rows.stop - block.rows.start) // len(own))
    return out


@pytest.fixture(params=SYSTEMS, ids=lambda made: made.__name__)
def made(request: pytest.FixtureRequest) -> Callable[[], ResidualSystem]:
    return request.param


@pytest.mark.parametrize("chunk", [None, 5])
def test_every_derivative_sees_the_weights(
    made: Callable[[], ResidualSystem], chunk: int | None
) -> None:
    system = made()
    system.chunk = chunk
    theta = system.initial(3)
    plain, jacobian = system.residual_and_jacobian(theta)
    weights = weights_of(system)
    root = roots(system, weights)
    r, j = root * plain, root[:, None] * jacobian
    for _ in range(3):  # the functions themselves, their recording, and the replay of it
        system.loss_and_grad(theta)
        system.residual_and_jacobian(theta)
    system.set_point_weights(weights)
    close = torch.testing.assert_close
    v = torch.linspace(-1, 1, system.parameters, dtype=torch.float64)
    for _ in range(3):
        close(system.residual_and_jacobian(theta), (r, j))
        close(system.loss_and_grad(theta), (r @ r, 2 * j.T @ r))
    close(system.residual(theta), r)
    close(system.jvp(theta, v), j @ v)
    close(system.vjp(theta, r), j.T @ r)
    close(system.gram(theta), j.T @ j)
    close(system.kernel(theta), j @ j.T)
    step = 1e-5 * v
    ahead, behind = (system.loss_and_grad(theta + s * step)[1] for s in (1, -1))
    close(system.hvp(theta, v), (ahead - behind) / 2e-5, rtol=1e-5, atol=1e-6)
    found = system.residual_and_sparse_rows(theta)
    assert (found is None) == (made is not splines)
    if found is not None:
        close(found[0], r)
        close(found[1].dense(), j)


def test_recorded_gradients_are_replayed_under_new_weights() -> None:
    system = flow()
    for seed in range(4):
        weights = weights_of(system, seed)
        theta = system.initial(seed)
        system.set_point_weights({})
        plain = system.residual(theta)
        system.set_point_weights(weights)
        loss, _ = system.loss_and_grad(theta)
        want = (roots(system, weights) * plain).square().sum()
        assert float(loss) == pytest.approx(float(want), rel=1e-12)
    assert system.gradient_workers.replays > 0


def test_parts_of_the_points_add_up_to_the_loss(made: Callable[[], ResidualSystem]) -> None:
    system = made()
    theta = system.initial(2)
    plain, weights = float(system.loss(theta)), weights_of(system)
    parts = system.point_losses(theta)
    assert sum(float(own.sum()) for own in parts.values()) == pytest.approx(plain, rel=1e-12)
    system.set_point_weights(weights)
    for label, own in system.point_losses(theta).items():
        torch.testing.assert_close(own, parts[label])
    want = sum(float((weights.get(k, torch.ones(())) * own).sum()) for k, own in parts.items())
    assert float(system.loss(theta)) == pytest.approx(want, rel=1e-12)


def test_parts_of_the_points_are_known_where_the_gradient_is(
    made: Callable[[], ResidualSystem],
) -> None:
    system = made()
    system.set_point_weights(weights_of(system, 2))
    for seed in (1, 2, 3, 3):
        theta = system.initial(seed)
        want = made().point_losses(theta)
        system.loss_and_grad(theta)
        for _ in range(2):
            for label, own in system.point_losses(theta).items():
                torch.testing.assert_close(own, want[label], rtol=1e-12, atol=1e-14)
            system.set_point_weights(weights_of(system, seed))
    system.resample(4)
    want = system.at_other_points(4).point_losses(theta)
    for label, own in system.point_losses(theta).items():
        torch.testing.assert_close(own, want[label])


def test_what_is_reported_by_law_has_no_weights(made: Callable[[], ResidualSystem]) -> None:
    system = made()
    theta = system.initial(2)
    before, fresh = system.losses_by_law(theta), float(system.at_other_points(9).loss(theta))
    system.set_point_weights(weights_of(system))
    assert system.losses_by_law(theta) == pytest.approx(before)
    assert float(system.at_other_points(9).loss(theta)) == pytest.approx(fresh)


def test_weights_of_laws_and_of_points_are_both_there() -> None:
    system, theta = flow(), flow().initial(1)
    weights = weights_of(system)
    system.set_point_weights(weights)
    before = system.loss(theta)
    system.set_weights({"eq": 4.0, "bc": 4.0, "ic": 4.0})
    torch.testing.assert_close(system.loss(theta), 4 * before)


def test_fresh_points_and_an_empty_choice_have_no_weights() -> None:
    system = flow()
    theta = system.theta0
    plain, fresh = system.loss(theta), system.at_other_points(4).loss(theta)
    system.set_point_weights(weights_of(system))
    assert not torch.allclose(system.loss(theta), plain)
    system.set_point_weights({})
    torch.testing.assert_close(system.loss(theta), plain)
    system.set_point_weights(weights_of(system))
    system.resample(4)
    torch.testing.assert_close(system.loss(theta), fresh)
    system.set_point_weights(weights_of(system))
    system.resample(5, Adaptive(theta, added=7, most=100))
    assert len(system.points_by_law["mass"]) == 31
    parts = system.point_losses(theta)
    want = sum(float(own.sum()) for own in parts.values())
    assert float(system.loss(theta)) == pytest.approx(want, rel=1e-12)


def test_times_are_those_of_equations_at_points() -> None:
    system = flow()
    assert system.times.keys() == {"momentum", "mass", "gauge"}
    for label, own in system.times.items():
        assert torch.equal(own, system.points_by_law[label][:, 2])
    assert quadrature().times == {}


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ({"eqq": torch.ones(25)}, "expected a law with rows"),
        ({"eq": torch.ones(24)}, r"expected shape \(25,\) for eq"),
        ({"eq": -torch.ones(25)}, "at least 0 for eq"),
        ({"eq": torch.full((25,), torch.nan)}, "finite numbers"),
    ],
)
def test_other_weights_are_refused(weights: dict[str, Tensor], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        quadrature().set_point_weights(weights)
