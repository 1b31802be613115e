"""Triangles of tall matrices in parts, and what is solved with them."""

from __future__ import annotations

import hypothesis.strategies as st
import torch
from hypothesis import given

from pdedsl.linalg.tall_qr import triangle_of


@given(
    rows=st.lists(st.integers(0, 30), min_size=1, max_size=12),
    columns=st.integers(1, 9),
    seed=st.integers(0, 99),
)
def test_a_triangle_keeps_all_inner_products(rows: list[int], columns: int, seed: int) -> None:
    draw = torch.Generator().manual_seed(seed)
    whole = torch.randn(sum(rows), columns, dtype=torch.float64, generator=draw)
    found = triangle_of(whole.split(rows), columns, whole)
    assert found.shape == (min(len(whole), columns), columns)
    assert torch.equal(found, found.triu())
    assert torch.allclose(found.T @ found, whole.T @ whole, rtol=1e-12, atol=1e-12)


def test_small_singular_values_keep_their_digits() -> None:
    """σ from 1 to 1e-14, of which JᵀJ would keep those above 1e-8."""
    draw = torch.Generator().manual_seed(0)
    left = torch.linalg.qr(torch.randn(4000, 8, dtype=torch.float64, generator=draw))[0]
    right = torch.linalg.qr(torch.randn(8, 8, dtype=torch.float64, generator=draw))[0]
    sigma = torch.logspace(0, -14, 8, dtype=torch.float64)
    matrix = left @ torch.diag(sigma) @ right.T
    found = torch.linalg.svdvals(triangle_of(matrix.split(37), 8, matrix))
    exact = torch.linalg.svdvals(matrix)
    assert torch.allclose(found, exact, rtol=0, atol=4e-16)
