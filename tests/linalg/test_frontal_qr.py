"""Least squares by fronts: backward stability, dependent columns, small blocks."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp

from pdedsl.linalg.factorisation import Rank
from pdedsl.linalg.frontal_qr import FrontalQr, column_norms
from pdedsl.linalg.sparse_rows import SparseRows

CUTOFF = 1e-13
EPSILON = 2.0**-53


def dense(values, columns, size):
    out = np.zeros((len(values), size))
    np.add.at(out, (np.arange(len(values))[:, None], columns), values)
    return out


def rows_of(values, columns, size):
    return SparseRows(torch.from_numpy(values), torch.from_numpy(np.asarray(columns)), size)


def solve(values, columns, right, size):
    return FrontalQr(rows_of(values, columns, size), CUTOFF).solve(torch.from_numpy(right)).numpy()


def banded(seed: int, size: int, width: int, cyclic: bool, surplus: int):
    """Rows of every element: as many as it has columns of its own, and some more."""
    rng = np.random.default_rng(seed)
    base = np.repeat(np.arange(size), 1 + surplus)
    columns = base[:, None] + np.arange(width)
    columns = columns % size if cyclic else np.minimum(columns, size - 1)
    return rng.standard_normal(columns.shape), columns, rng.standard_normal(len(columns))


def minimiser(matrix, right):
    """By the normal equations with eighty digits."""
    with mp.workdps(80):
        a, b = mp.matrix(matrix.tolist()), mp.matrix(right.tolist())
        x = mp.cholesky_solve(a.T * a, a.T * b)
        return np.array([float(v) for v in x])


def bound(matrix, right, expected):
    """The error of a backward stable method (Higham, Accuracy and Stability, theorem 20.1)."""
    kappa = np.linalg.cond(matrix)
    size = np.linalg.norm(matrix, 2) * np.linalg.norm(expected)
    left = np.linalg.norm(matrix @ expected - right)
    # Constants of the theorem grow with the dimensions; the fronts have twenty rows and less.
    return 200 * EPSILON * kappa * (1 + kappa * left / size) * np.linalg.norm(expected)


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 10**6), size=st.integers(2, 24), width=st.integers(1, 5),
    cyclic=st.booleans(), surplus=st.integers(0, 3), shuffled=st.booleans(),
)  # fmt: skip
def test_the_error_is_that_of_a_backward_stable_method(
    seed, size, width, cyclic, surplus, shuffled
):
    values, columns, right = banded(seed, size, width, cyclic, surplus)
    if shuffled:
        rng = np.random.default_rng(seed + 1)
        order = rng.permutation(len(right))
        values, columns, right = values[order], rng.permutation(size)[columns[order]], right[order]
    matrix = dense(values, columns, size)
    scales = np.linalg.norm(matrix, axis=0)
    if not scales.all() or not np.linalg.cond(matrix / scales) < 1e12:
        return
    expected = minimiser(matrix, right) * scales
    found = solve(values, columns, right, size) * scales
    assert np.linalg.norm(found - expected) <= bound(matrix / scales, right, expected)


@pytest.mark.parametrize("digits", [4, 6, 8, 10, 12])
@pytest.mark.parametrize("consistent", [True, False])
def test_condition_numbers_up_to_a_million_million(digits, consistent):
    """Neighbouring columns that are all but parallel: κ = 10ᵏ, told by the singular values."""
    rng = np.random.default_rng(digits)
    size = 12
    columns = np.repeat(np.arange(size - 1), 4)[:, None] + np.arange(2)
    values = rng.standard_normal(columns.shape)
    # x_0, x_1 at one end of the interval enter almost as a sum.
    first = columns[:, 0] == 0
    values[first, 1] = values[first, 0] * (1 + 10.0**-digits * rng.standard_normal(first.sum()))
    second = columns[:, 0] == 1
    values[second, 0] *= 10.0**-digits
    matrix = dense(values, columns, size)
    scales = np.linalg.norm(matrix, axis=0)
    assert 0.01 < np.linalg.cond(matrix / scales) / 10.0**digits < 100
    right = matrix @ rng.standard_normal(size)
    if not consistent:
        right = right + rng.standard_normal(len(right))
    expected = minimiser(matrix, right) * scales
    found = solve(values, columns, right, size) * scales
    assert np.linalg.norm(found - expected) <= bound(matrix / scales, right, expected)


def test_entries_at_one_place_add_up() -> None:
    values, columns = (
        np.array([[1.0, 2.0], [1.0, -0.5], [3.0, 1.0]]),
        np.array([[0, 0], [1, 1], [0, 1]]),
    )
    right = np.array([3.0, 1.0, 5.0])
    assert column_norms(values, columns, 2) == pytest.approx([np.sqrt(18), np.sqrt(1.25)])
    expected = np.linalg.lstsq(dense(values, columns, 2), right, rcond=None)[0]
    assert solve(values, columns, right, 2) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("cyclic", [False, True])
def test_dependent_columns_are_found(cyclic: bool) -> None:
    values, columns, _ = banded(3, 12, 3, cyclic, 2)
    # Column 12 is twice column 5.
    twice = np.where(columns == 5, 2 * values, 0.0)
    values = np.concatenate((values, twice), axis=1)
    columns = np.concatenate((columns, np.full_like(columns, 12)), axis=1)
    assert FrontalQr(rows_of(values, columns, 13), CUTOFF).rank is Rank.DEFICIENT


def test_a_column_without_entries_is_dependent() -> None:
    rows = rows_of(np.ones((3, 1)), [[0], [0], [1]], 3)
    assert FrontalQr(rows, CUTOFF).rank is Rank.DEFICIENT


def test_fewer_rows_than_columns_are_dependent() -> None:
    values, columns, _ = banded(0, 8, 3, False, 0)
    assert FrontalQr(rows_of(values[:6], columns[:6], 8), CUTOFF).rank is Rank.DEFICIENT


def test_scales_of_columns_do_not_matter() -> None:
    values, columns, right = banded(5, 20, 3, True, 2)
    scales = np.logspace(-12, 12, 20)
    found = solve(values * scales[columns], columns, right, 20)
    assert found * scales == pytest.approx(solve(values, columns, right, 20), rel=1e-10)


def test_blocks_stay_small_for_two_fields_along_a_line() -> None:
    """The columns of a second field come after all of the first; its rows are met in place."""
    size, rng = 60, np.random.default_rng(0)
    base = np.repeat(np.arange(size - 1), 4)[:, None]
    both = np.concatenate((base, base + 1, size + base, size + base + 1), axis=1)
    alone = np.repeat(size + np.arange(size)[:, None], 4, axis=1)
    columns = np.concatenate((both, alone, alone - size))
    values, right = rng.standard_normal(columns.shape), rng.standard_normal(len(columns))
    factors = FrontalQr(rows_of(values, columns, 2 * size), CUTOFF)
    expected = np.linalg.lstsq(dense(values, columns, 2 * size), right, rcond=None)[0]
    found = factors.solve(torch.from_numpy(right)).numpy()
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert factors.widest <= 8
