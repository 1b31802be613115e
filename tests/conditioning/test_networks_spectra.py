"""Spectra of networks, Hessians, gradients by layer and law, and drift."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pdedsl.conditioning.networks.drift import drift
from pdedsl.conditioning.networks.gradients import (
    annealing_ratios,
    gradient_histograms,
    gradients_by_part,
)
from pdedsl.conditioning.networks.hessian import hessian_ends, hessian_matrix
from pdedsl.conditioning.networks.histograms import log_histograms, shared_histograms
from pdedsl.conditioning.networks.spectra import (
    participation_ratio,
    spectrum_histograms,
    spread,
    tangent_spectrum,
)
from pdedsl.conditioning.spectrum import spectrum
from pdedsl.models.bases import BasisOptions
from pdedsl.models.bases.model import TransformedBasisOptions
from pdedsl.models.networks.fourier import ScaledFourierOptions

from .network_problems import CIRCLE, HEAT, LINE, nodes, state, system

NET = {"width": 20, "depth": 2}
K = 8
FOURIER = NET | {"kind": "fourier", "modes": K, "extension": 1.0}
MODELS = {
    "tanh": NET,
    "features": FOURIER,
    "scaled": ScaledFourierOptions.model_validate(
        FOURIER | {"feature_scales": tuple(k**-2.0 for k in range(1, K + 1))}
    ),
}


def test_the_spectrum_is_that_of_the_gram_matrix() -> None:
    s = system(HEAT)
    theta = state(s)
    found = tangent_spectrum(s, theta)
    want = np.linalg.eigvalsh(s.gram(theta).numpy())[::-1]
    assert found.values == pytest.approx(want, rel=1e-6, abs=1e-12 * want[0])


def test_scaled_features_even_out_how_fast_waves_are_learned() -> None:
    """The wave vectors' symbols are k²: without scales sin x waits for the fastest, k⁴ = 4096."""
    slow, largest = {}, {}
    for name, model in MODELS.items():
        s = system(CIRCLE, model, points={"eq": 120})
        block = s.blocks[0]
        x = block.points[:, 0].numpy()
        waves = np.zeros((K, s.rows))
        waves[:, block.rows] = block.map.roots.numpy() * np.sin(np.arange(1, K + 1)[:, None] * x)
        largest[name] = tangent_spectrum(s, s.theta0).values[0]
        reached = np.sum((waves @ s.jacobian(s.theta0).numpy()) ** 2, axis=1)
        # Steps of gradient descent that each wave takes at first, with the step size 1/λ_max.
        slow[name] = largest[name] * np.sum(waves**2, axis=1) / reached
        assert (slow[name] >= 1).all()
    assert slow["features"].max() > 3000
    assert slow["scaled"].max() < 20
    assert slow["scaled"].max() / slow["scaled"].min() < 6
    assert slow["tanh"].max() > 1000 * slow["scaled"].max()
    assert largest["features"] > 300 * largest["scaled"]


def test_a_scaled_basis_has_a_bounded_condition_number() -> None:
    scales = np.array([1.0, *np.repeat(np.arange(1, K + 1) ** -2.0, 2)])
    plain = BasisOptions(family="fourier", modes=K)
    scaled = TransformedBasisOptions(family="fourier", modes=K, transform=scales)
    systems = (system(CIRCLE, m, points={"eq": 80}) for m in (plain, scaled))
    before, after = (tangent_spectrum(s, s.theta0) for s in systems)
    assert before.kappa > 1e4
    assert after.kappa < 20
    assert spread(after) < 0.01 < 3 < spread(before)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=8), st.floats(0.1, 10))
def test_effective_ranks_are_ordered(values: list[float], factor: float) -> None:
    found = spectrum(np.diag(np.sqrt(values)))
    ratio = participation_ratio(found.values)
    assert 1 - 1e-12 <= ratio <= found.effective_rank * (1 + 1e-12)
    assert found.effective_rank <= len(values) * (1 + 1e-12)
    assert participation_ratio(factor * found.values) == pytest.approx(ratio)


def test_equal_eigenvalues_count_in_full() -> None:
    assert participation_ratio(np.array([3.0, 3.0, 3.0, 0.0])) == pytest.approx(3.0)
    assert participation_ratio(np.zeros(2)) == 0.0
    found = spectrum(np.diag(10.0 ** np.arange(11)))
    assert spread(found) == pytest.approx(16.0)
    assert spread(spectrum(np.zeros((2, 2)))) == 0.0


# Histograms.


def test_histograms_share_their_cells_and_count_everything() -> None:
    rng = np.random.default_rng(0)
    made = shared_histograms({"a": rng.normal(size=500), "b": 3 + rng.normal(size=40)}, 25)
    assert made["a"].edges.tolist() == made["b"].edges.tolist()
    assert [h.counts.sum() for h in made.values()] == [500, 40]
    for h in made.values():
        assert (h.density * np.diff(h.edges)).sum() == pytest.approx(1.0)


def test_logarithmic_histograms_end_at_decades() -> None:
    made = log_histograms({"a": np.array([0.0, 2e-3, 0.5]), "b": np.array([40.0])}, 2)
    assert made["a"].edges[[0, -1]].tolist() == [-3.0, 2.0]
    assert len(made["a"].counts) == 10
    assert (made["a"].below, made["b"].below) == (1, 0)
    assert made["a"].counts.tolist() == [1, 0, 0, 0, 0, 1, 0, 0, 0, 0]
    assert made["b"].counts[-1] == 1
    empty = log_histograms({"a": np.zeros(3)})["a"]
    assert (empty.below, empty.counts.sum(), empty.density.sum()) == (3, 0, 0)


def test_the_histogram_of_a_spectrum_counts_its_rank() -> None:
    systems = {"a": system(LINE, NET), "b": system(LINE, {"width": 5, "depth": 1})}
    found = {name: tangent_spectrum(s, s.theta0) for name, s in systems.items()}
    made = spectrum_histograms(found)
    for name, s in found.items():
        assert made[name].counts.sum() == s.rank
        assert made[name].below == len(s.values) - s.rank


# The Hessian.


@pytest.mark.parametrize("k", [1, 3])
def test_ends_of_the_hessian_against_the_dense_matrix(k: int) -> None:
    s = system(HEAT)
    theta = state(s)
    assert s.parameters > 64
    dense = hessian_matrix(s, theta)
    basis = torch.eye(s.parameters, dtype=theta.dtype)
    assert dense[:, 7] == pytest.approx(s.hvp(theta, basis[7]).numpy(), rel=1e-9, abs=1e-10)
    values = np.linalg.eigvalsh(dense)
    found = hessian_ends(s, theta, k)
    near = {"rel": 1e-6, "abs": 1e-7 * values[-1]}
    assert found.largest == pytest.approx(values[::-1][:k], **near)
    assert found.smallest == pytest.approx(values[:k], **near)
    assert values[0] < 0
    again = hessian_ends(s, theta, k)
    assert again.largest.tolist() == found.largest.tolist()


def test_the_hessian_of_a_few_parameters_is_dense() -> None:
    s = system(LINE, {"width": 3, "depth": 1})
    theta = state(s)
    values = np.linalg.eigvalsh(hessian_matrix(s, theta))
    found = hessian_ends(s, theta, 20)
    assert len(found.largest) == s.parameters == 10
    assert found.largest == pytest.approx(values[::-1], rel=1e-12)
    assert hessian_ends(s, theta).smallest == pytest.approx(values[:1])
    with pytest.raises(ValueError, match="at least 1, got 0"):
        hessian_ends(s, theta, 0)


def test_a_linear_model_has_twice_the_gram_matrix_everywhere() -> None:
    s = system(LINE, {"kind": "basis", "family": "sine", "modes": 70})
    assert s.parameters > 64
    found = hessian_ends(s, s.theta0 + 0.3, 2, 1e-8)
    want = 2 * np.linalg.eigvalsh(s.gram(s.theta0).numpy())
    assert found.largest == pytest.approx(want[::-1][:2], rel=1e-8)
    v = torch.linspace(-1, 1, s.parameters, dtype=torch.float64)
    torch.testing.assert_close(s.hvp(s.theta0, v), 2 * s.gram(s.theta0) @ v, rtol=1e-9, atol=1e-6)


def test_a_hessian_that_vanishes() -> None:
    s = system(LINE, {"width": 30, "depth": 1}, weights={"eq": 0.0, "bc": 0.0})
    found = hessian_ends(s, s.theta0, 2)
    assert found.largest.tolist() == found.smallest.tolist() == [0.0, 0.0]


# Gradients.


def test_gradients_by_layer_and_law() -> None:
    s = system(HEAT, weights={"bc": 2.0})
    theta = state(s)
    by_part = gradients_by_part(s, theta)
    assert list(by_part) == list(s.parts) == ["layer 1", "layer 2", "output"]
    whole = np.concatenate([sum(laws.values()) for laws in by_part.values()])
    assert whole == pytest.approx(s.loss_and_grad(theta)[1].numpy(), rel=1e-11, abs=1e-12)
    made = gradient_histograms(s, theta, 30)
    for name, part in s.parts.items():
        assert list(made[name]) == ["one", "two", "bc", "ic"]
        for histogram in made[name].values():
            assert histogram.counts.sum() == part.stop - part.start


def test_annealing_ratios_do_not_depend_on_the_weight_of_the_condition() -> None:
    plain, weighted = system(HEAT), system(HEAT, weights={"bc": 5.0})
    theta = state(plain)
    found = annealing_ratios(plain, theta)
    assert list(found) == ["bc", "ic"]
    j, r = plain.jacobian(theta).numpy(), plain.residual(theta).numpy()
    slopes = {b.label: 2 * j[b.rows].T @ r[b.rows] for b in plain.blocks}
    top = abs(slopes["one"] + slopes["two"]).max()
    for label, value in found.items():
        assert value == pytest.approx(top / abs(slopes[label]).mean(), rel=1e-9)
    assert annealing_ratios(weighted, theta) == pytest.approx(found, rel=1e-9)
    none = system(HEAT, weights={"bc": 0.0})
    assert list(annealing_ratios(none, theta)) == ["ic"]


# Drift.


def trajectory(s, steps: int, rate: float) -> list[torch.Tensor]:
    """Plain gradient descent."""
    thetas = [state(s)]
    for _ in range(steps):
        thetas.append(thetas[-1] - rate * s.loss_and_grad(thetas[-1])[1])
    return thetas


def test_the_drift_of_the_kernel() -> None:
    s = system(LINE)
    thetas = trajectory(s, 5, 1e-3)
    x, _ = nodes(9)
    for points in (None, x):
        found = drift(s, thetas, points, k=4)
        assert found.kernel.shape == (6,)
        assert found.kernel[0] == 0
        assert (np.diff(found.kernel) > 0).all()
        assert (found.relative[0] == 0).all()
    kernels = [s.kernel(theta) for theta in thetas]
    want = [float((k - kernels[0]).norm() / kernels[0].norm()) for k in kernels]
    found = drift(s, thetas, k=4)
    assert found.kernel == pytest.approx(want, rel=1e-9, abs=1e-14)
    top = np.linalg.eigvalsh(kernels[-1].numpy())[::-1][:4]
    assert found.eigenvalues[-1] == pytest.approx(top, rel=1e-7)


def test_a_linear_model_does_not_drift() -> None:
    s = system(LINE, {"kind": "basis", "family": "sine", "modes": 6})
    found = drift(s, trajectory(s, 3, 1e-6), k=50)
    assert found.kernel.tolist() == [0.0] * 4
    assert found.eigenvalues.shape == (4, 6)
    with pytest.raises(ValueError, match="at least one state"):
        drift(s, [])
