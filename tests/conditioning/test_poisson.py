"""u'' on (−π, π) with fixed ends, in the Fourier basis."""

from __future__ import annotations

import numpy as np
import pytest

from pdedsl.conditioning.preconditioners import symbol_preconditioner
from pdedsl.conditioning.weights import best_weight, natural_weight

from .setups import POISSON, both_of, gram_of


def closed_form(modes: int, weight: float) -> np.ndarray:
    """A: k⁴ on the diagonal, and the mean over both ends of the products of the cosines."""
    ends = [1 / np.sqrt(2 * np.pi)]
    powers = [0.0]
    for k in range(1, modes + 1):
        ends += [(-1) ** k / np.sqrt(np.pi), 0.0]
        powers += [k**4, k**4]
    return np.diag(powers) + weight * np.outer(ends, ends)


@pytest.mark.parametrize("weight", [0.0, 1.0, 30.0])
def test_the_matrix_in_closed_form(weight: float) -> None:
    gram = gram_of(POISSON, modes=6)
    np.testing.assert_allclose(gram.matrix(weight), closed_form(6, weight), atol=1e-10)


@pytest.mark.parametrize(
    ("modes", "at_one", "best", "place"),
    [(5, 5.44e3, 2.06e3, 46.7), (10, 8.71e4, 3.16e4, 193), (20, 1.39e6, 5.00e5, 798)],
)
def test_condition_numbers(modes: int, at_one: float, best: float, place: float) -> None:
    gram = gram_of(POISSON, modes=modes)
    found = best_weight(gram)
    assert gram.spectrum(1.0).kappa == pytest.approx(at_one, rel=3e-3)
    assert found.kappa == pytest.approx(best, rel=1.5e-3)
    assert found.weight == pytest.approx(place, rel=0.02)


@pytest.mark.parametrize(("gamma", "kappa"), [(1, 15.25), (5, 1.797), (10, 1.342), (100, 1.030)])
def test_preconditioned_condition_numbers(gamma: float, kappa: float) -> None:
    space, gram = both_of(POISSON, modes=5)
    moved = gram.transform(symbol_preconditioner(gram, space, gamma, "exact"))
    natural = natural_weight(gram, gamma)
    assert moved.spectrum(natural).kappa == pytest.approx(kappa, rel=1e-3)


@pytest.mark.parametrize("modes", [20, 80])
def test_the_preconditioned_number_does_not_grow(modes: int) -> None:
    space, gram = both_of(POISSON, modes=modes)
    moved = gram.transform(symbol_preconditioner(gram, space, 1.0, "exact"))
    assert moved.spectrum(natural_weight(gram, 1.0)).kappa == pytest.approx(15.28, rel=1e-3)


@pytest.mark.parametrize("weight", [1.0, None])
def test_the_condition_number_grows_with_the_fourth_power(weight: float | None) -> None:
    kappas = []
    for modes in (10, 20, 40):
        gram = gram_of(POISSON, modes=modes)
        value = best_weight(gram).kappa if weight is None else gram.spectrum(weight).kappa
        kappas.append(value)
        assert value >= modes**4
    slopes = np.diff(np.log(kappas)) / np.log(2)
    np.testing.assert_allclose(slopes, 4, atol=0.06)
