"""Products A Aᵀ by halves."""

from __future__ import annotations

import pytest
import torch

from pdedsl.linalg.symmetric import add_outer, mirrored


@pytest.mark.parametrize("m", [1, 256, 257, 600])
@pytest.mark.parametrize("transposed", [False, True])
def test_products_are_those_of_the_whole_matrix(m: int, transposed: bool):
    generator = torch.Generator().manual_seed(m)
    a = torch.randn(m, 37, dtype=torch.float64, generator=generator)
    b = torch.randn(37, m, dtype=torch.float64, generator=generator).T
    lower = torch.zeros(m, m, dtype=torch.float64)
    for part in (b, a) if transposed else (a, b):
        add_outer(lower, part)
    want = a @ a.T + b @ b.T
    torch.testing.assert_close(mirrored(lower), want, rtol=1e-13, atol=1e-12)
    assert torch.equal(lower, lower.T)
