from __future__ import annotations

import numpy as np
import pytest

from pdedsl.conditioning.gram import Gram, Term
from pdedsl.conditioning.spectrum import reduce_rows, spectrum, stack_normalised

from .setups import NEUMANN, graded, gram_of


def test_small_eigenvalues_keep_their_digits() -> None:
    factor = graded(12, 10.0)
    found = spectrum(factor)
    np.testing.assert_allclose(found.values, np.logspace(0, -20, 12), rtol=1e-4)
    assert found.kappa == pytest.approx(1e20, rel=1e-4)
    assert found.rank == 12
    assert not found.singular


def test_values_are_those_of_the_matrix() -> None:
    factor = np.random.default_rng(1).normal(size=(30, 7))
    eigenvalues = np.linalg.eigvalsh(factor.T @ factor)[::-1]
    np.testing.assert_allclose(spectrum(factor).values, eigenvalues, rtol=1e-12)


def test_fewer_rows_than_columns_are_singular() -> None:
    found = spectrum(np.random.default_rng(2).normal(size=(3, 5)))
    assert found.rank == 3
    assert found.singular
    assert len(found.values) == 5
    assert (found.values[3:] == 0).all()


def test_pure_neumann_lacks_the_constant() -> None:
    gram = gram_of(NEUMANN, "legendre", 8)
    found = gram.spectrum()
    assert found.rank == gram.size - 1
    assert found.singular
    values = np.linalg.eigvalsh(gram.matrix())[::-1]
    assert found.kappa == pytest.approx(values[0] / values[-2], rel=1e-8)


def test_effective_rank() -> None:
    assert spectrum(np.eye(5)).effective_rank == pytest.approx(5)
    assert spectrum(np.diag([1.0, 0.0, 0.0])).effective_rank == pytest.approx(1)
    shares = np.array([0.75, 0.25])
    expected = np.exp(-(shares * np.log(shares)).sum())
    assert spectrum(np.diag(np.sqrt(shares))).effective_rank == pytest.approx(expected)


def test_zero_matrix() -> None:
    found = spectrum(np.zeros((2, 3)))
    assert (found.rank, found.kappa, found.effective_rank) == (0, 1.0, 0.0)


def test_cutoff() -> None:
    factor = np.diag([1.0, 1e-3, 1e-6])
    assert spectrum(factor, cutoff=1e-4).rank == 2
    assert spectrum(factor, cutoff=1e-4).kappa == pytest.approx(1e6)


def test_a_known_rank() -> None:
    factor = np.diag([1.0, 1e-10, 1e-20, 0.0])
    assert spectrum(factor).rank == 2
    found = spectrum(factor, rank=3)
    assert found.rank == 3
    assert found.kappa == pytest.approx(1e40)
    assert found.singular
    assert spectrum(factor, rank=4).kappa == np.inf


def test_joint_factors_have_a_rank_without_units() -> None:
    a, b = np.diag([1e20, 2e20, 0.0]), np.array([[0.0, 0.0, 1e-5]])
    stack = stack_normalised([a, np.zeros((2, 3)), b], 3)
    np.testing.assert_allclose(np.linalg.svd(stack, compute_uv=False), [1, 1, 0.5])
    assert stack_normalised([np.zeros((2, 3))], 3).shape == (0, 3)
    terms = [
        Term("eq", "eq", True, a, 1.0, 1, "", True),
        Term("bc", "bc", False, b, 1.0, 1, "", True),
    ]
    gram = Gram(tuple(terms), 3)
    assert gram.spectrum().rank == 3
    assert gram.spectrum(0.0).rank == 2


def test_compressed_has_the_same_matrix() -> None:
    factor = np.random.default_rng(3).normal(size=(50, 6))
    small = reduce_rows(factor)
    assert small.shape == (6, 6)
    np.testing.assert_allclose(small.T @ small, factor.T @ factor, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("factor", [np.zeros((3, 0)), np.array([[1.0, np.nan]]), np.zeros(3)])
def test_no_spectrum(factor: np.ndarray) -> None:
    with pytest.raises(ValueError, match="factor"):
        spectrum(factor)
