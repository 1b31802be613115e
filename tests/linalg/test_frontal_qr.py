"""Least squares by fronts against dense least squares."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdedsl.linalg.frontal_qr import DependentColumnsError, column_norms, solve_local

CUTOFF = 1e-13


def dense(values, columns, size):
    out = np.zeros((len(values), size))
    np.add.at(out, (np.arange(len(values))[:, None], columns), values)
    return out


def banded(seed: int, size: int, width: int, cyclic: bool, surplus: int):
    """Rows of every element: as many as it has columns of its own, and some more."""
    rng = np.random.default_rng(seed)
    base = np.repeat(np.arange(size), 1 + surplus)
    columns = base[:, None] + np.arange(width)
    columns = columns % size if cyclic else np.minimum(columns, size - 1)
    return rng.standard_normal(columns.shape), columns, rng.standard_normal(len(columns))


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 10**6), size=st.integers(2, 30), width=st.integers(1, 5),
    cyclic=st.booleans(), surplus=st.integers(0, 3), shuffled=st.booleans(),
)  # fmt: skip
def test_it_agrees_with_dense_least_squares(seed, size, width, cyclic, surplus, shuffled):
    values, columns, right = banded(seed, size, width, cyclic, surplus)
    if shuffled:
        rng = np.random.default_rng(seed + 1)
        order = rng.permutation(len(right))
        values, columns, right = values[order], rng.permutation(size)[columns[order]], right[order]
    matrix = dense(values, columns, size)
    scaled = matrix / np.maximum(np.linalg.norm(matrix, axis=0), 1e-300)
    condition = np.linalg.cond(scaled)
    if not condition < 1e8:
        return
    found = solve_local(values, columns, right, size, CUTOFF)
    expected = np.linalg.lstsq(matrix, right, rcond=None)[0]
    # The error of a least-squares solution grows with the square of the condition number.
    assert np.linalg.norm(found - expected) <= 1e-13 * condition**2 * np.linalg.norm(expected)


def test_entries_at_one_place_add_up() -> None:
    values, columns = (
        np.array([[1.0, 2.0], [1.0, -0.5], [3.0, 1.0]]),
        np.array([[0, 0], [1, 1], [0, 1]]),
    )
    right = np.array([3.0, 1.0, 5.0])
    assert column_norms(values, columns, 2) == pytest.approx([np.sqrt(18), np.sqrt(1.25)])
    expected = np.linalg.lstsq(dense(values, columns, 2), right, rcond=None)[0]
    assert solve_local(values, columns, right, 2, CUTOFF) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("cyclic", [False, True])
def test_dependent_columns_are_found(cyclic: bool) -> None:
    values, columns, right = banded(3, 12, 3, cyclic, 2)
    # Column 12 is twice column 5.
    twice = np.where(columns == 5, 2 * values, 0.0)
    values = np.concatenate((values, twice), axis=1)
    columns = np.concatenate((columns, np.full_like(columns, 12)), axis=1)
    with pytest.raises(DependentColumnsError):
        solve_local(values, columns, right, 13, CUTOFF)


def test_a_column_without_entries_is_dependent() -> None:
    with pytest.raises(DependentColumnsError):
        solve_local(np.ones((3, 1)), np.array([[0], [0], [1]]), np.ones(3), 3, CUTOFF)


def test_fewer_rows_than_columns_are_dependent() -> None:
    values, columns, right = banded(0, 8, 3, False, 0)
    with pytest.raises(DependentColumnsError):
        solve_local(values[:6], columns[:6], right[:6], 8, CUTOFF)


def test_scales_of_columns_do_not_matter() -> None:
    values, columns, right = banded(5, 20, 3, True, 2)
    scales = np.logspace(-12, 12, 20)
    found = solve_local(values * scales[columns], columns, right, 20, CUTOFF)
    expected = solve_local(values, columns, right, 20, CUTOFF)
    assert found * scales == pytest.approx(expected, rel=1e-10)


def test_blocks_stay_small_for_two_fields_along_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The columns of a second field come after all of the first; its rows are met in place."""
    import pdedsl.linalg.frontal_qr as module

    widths, original = [], module._reduced

    def watched(block):
        widths.append(block.shape[1])
        return original(block)

    monkeypatch.setattr(module, "_reduced", watched)
    size, rng = 60, np.random.default_rng(0)
    base = np.repeat(np.arange(size - 1), 4)[:, None]
    both = np.concatenate((base, base + 1, size + base, size + base + 1), axis=1)
    alone = np.repeat(size + np.arange(size)[:, None], 4, axis=1)
    columns = np.concatenate((both, alone, alone - size))
    values = rng.standard_normal(columns.shape)
    right = rng.standard_normal(len(columns))
    found = solve_local(values, columns, right, 2 * size, CUTOFF)
    assert found == pytest.approx(
        np.linalg.lstsq(dense(values, columns, 2 * size), right, rcond=None)[0], rel=1e-9, abs=1e-9
    )
    assert max(widths) <= 8
