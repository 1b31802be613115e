"""Sizes of the chunks of points."""

from __future__ import annotations

import pytest

from pdedsl.compiler.evaluation.chunk_sizes import even


@pytest.mark.parametrize("total", [1, 7, 256, 10_000, 10_001])
@pytest.mark.parametrize("most", [1, 3, 256, 4915, 20_000])
def test_parts_are_even_and_within_the_bound(total: int, most: int):
    step = even(total, most)
    parts = [min(step, total - start) for start in range(0, total, step)]
    assert sum(parts) == total
    assert max(parts) <= most
    assert len(parts) <= -(-total // most)
