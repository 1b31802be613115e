"""Random subspaces: against the cosine matrix, orthonormality, and how lengths are kept."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pdedsl.linalg.cosine_sketch import CosineSketch
from pdedsl.linalg.count_sketch import CountSketch

F64 = torch.zeros(0, dtype=torch.float64)


def _sketch(size, columns, seed=0, like=F64):
    return CosineSketch(size, columns, torch.Generator().manual_seed(seed), like)


def _cosines(size):
    """The orthonormal DCT-II, rows by frequency, from its definition."""
    k, n = torch.arange(size).double().unsqueeze(1), torch.arange(size).double()
    out = math.sqrt(2 / size) * torch.cos(math.pi * k * (2 * n + 1) / (2 * size))
    out[0] /= math.sqrt(2)
    return out


@given(size=st.integers(1, 60), seed=st.integers(0, 1000), data=st.data())
@settings(max_examples=60, deadline=None)
def test_columns_are_cosines_of_permuted_signs(size, seed, data):
    sketch = _sketch(size, data.draw(st.integers(1, size)), seed)
    omega = sketch.rows(torch.eye(size, dtype=torch.float64))
    n = sketch._length
    mixing = torch.zeros(size, n, dtype=torch.float64)
    order = [*range(0, n, 2), *reversed(range(1, n, 2))]
    mixing[sketch._order, order] = sketch._signs
    expected = mixing @ _cosines(n)[sketch._kept].T
    assert torch.allclose(omega, expected, rtol=0, atol=1e-13)


@given(size=st.integers(1, 60), seed=st.integers(0, 1000), data=st.data())
@settings(max_examples=60, deadline=None)
def test_columns_are_orthonormal_and_vectors_are_their_sums(size, seed, data):
    columns = data.draw(st.integers(1, size))
    sketch = _sketch(size, columns, seed)
    omega = sketch.rows(torch.eye(size, dtype=torch.float64))
    eye = torch.eye(columns, dtype=torch.float64)
    assert torch.allclose(omega.T @ omega, eye, rtol=0, atol=1e-13)
    v = torch.randn(columns, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    assert torch.allclose(sketch.vector(v), omega @ v, rtol=0, atol=1e-13)


def test_parts_of_many_rows_are_one_product():
    sketch = _sketch(2000, 50)
    matrix = torch.randn(300, 2000, dtype=torch.float64)
    omega = sketch.rows(torch.eye(2000, dtype=torch.float64))
    assert torch.allclose(sketch.rows(matrix), matrix @ omega, rtol=0, atol=1e-11)


def test_single_precision():
    found = _sketch(100, 30, like=torch.zeros(0)).rows(torch.eye(100))
    assert found.dtype == torch.float32
    expected = _sketch(100, 30).rows(torch.eye(100, dtype=torch.float64))
    assert torch.allclose(found.double(), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("vector", ["unit", "constant", "wave"])
def test_squares_are_kept_in_proportion(vector):
    """The mean of ‖Ωᵀv‖² over draws is s/P ‖v‖², for vectors that a plain choice would miss."""
    size, columns = 256, 64
    v = {
        "unit": torch.eye(size, dtype=torch.float64)[3],
        "constant": torch.full((size,), 1 / 16, dtype=torch.float64),
        "wave": _cosines(size)[100],
    }[vector]
    kept = [_sketch(size, columns, seed).rows(v.unsqueeze(0)).square().sum() for seed in range(200)]
    # One draw has a relative variance of about 2/s, without replacement less.
    assert float(torch.stack(kept).mean()) == pytest.approx(columns / size, rel=0.05)
    assert float(torch.stack(kept).min()) > 0.3 * columns / size


def test_count_sketch_adds_signed_rows():
    matrix = torch.eye(500, dtype=torch.float64)
    vector = torch.arange(500).double()
    sketch = CountSketch(500, 60, torch.Generator().manual_seed(0))
    found, right = sketch @ matrix, sketch @ vector
    assert set(found.unique().tolist()) == {-1.0, 0.0, 1.0}
    assert torch.equal(found.abs().sum(dim=0), torch.ones(500).double())
    assert torch.allclose(found @ vector, right, rtol=1e-14)


def test_count_sketch_keeps_squares_in_the_mean():
    vector = torch.randn(400, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    squares = []
    for seed in range(300):
        generator = torch.Generator().manual_seed(seed)
        squares.append((CountSketch(400, 100, generator) @ vector).square().sum())
    # The relative variance of one is 2/m: 0.8 % for the mean of 300.
    assert float(torch.stack(squares).mean() / vector.square().sum()) == pytest.approx(1, abs=0.03)
