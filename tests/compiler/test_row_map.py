"""The map S from a residual at points to rows: weights, masks, and matrices, dense or sparse."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import pytest
import torch

from pdedsl.compiler.residual.row_map import RowMap

F = torch.float64
POINTS, COMPONENTS = 5, 2


def numbers(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=F, generator=torch.Generator().manual_seed(sum(shape)))


def residual() -> list[torch.Tensor]:
    return list(numbers(COMPONENTS, POINTS))


def test_a_diagonal_map_scales_every_row_by_the_root_of_its_weight() -> None:
    roots = numbers(POINTS).abs()
    row_map = RowMap(3.0, COMPONENTS, POINTS, roots)
    rows = torch.cat(row_map.apply(residual()))
    want = sqrt(3 / (COMPONENTS * POINTS)) * torch.cat([roots * r for r in residual()])
    torch.testing.assert_close(rows, want)
    assert row_map.rows == len(rows)
    mean = torch.cat([(roots * r).square() for r in residual()]).mean()
    assert float(rows.square().sum()) == pytest.approx(3 * float(mean))


def test_parts_of_the_points_have_parts_of_the_rows() -> None:
    """A mask is a map with entries 0 and 1."""
    row_map = RowMap(1.0, COMPONENTS, POINTS, torch.tensor([1, 0, 1, 1, 0], dtype=F))
    whole = torch.cat(row_map.apply(residual()))
    assert int((whole == 0).sum()) == 2 * COMPONENTS
    for start, stop in ((0, 2), (2, 5)):
        parts = row_map.apply([r[start:stop] for r in residual()], start)
        for row, part in zip(row_map.first_rows(start), parts, strict=True):
            assert torch.equal(part, whole[row : row + len(part)])


@pytest.mark.parametrize("rows", [1, 4])
@pytest.mark.parametrize("sparse", [False, True])
def test_a_matrix_mixes_points_and_components(rows: int, sparse: bool) -> None:
    dense = numbers(rows, COMPONENTS * POINTS) * (numbers(rows, COMPONENTS * POINTS + 1)[:, 1:] > 0)
    row_map = RowMap(2.0, COMPONENTS, POINTS, matrix=dense.to_sparse() if sparse else dense)
    assert row_map.rows == rows
    assert row_map.first_rows(0) == [0]
    (found,) = row_map.apply(residual())
    torch.testing.assert_close(found, sqrt(2 / rows) * dense @ torch.cat(residual()))
    jacobian = numbers(COMPONENTS * POINTS, 3)
    mapped = row_map.apply_jacobian([jacobian])
    torch.testing.assert_close(mapped, sqrt(2 / rows) * dense @ jacobian)


def test_another_weight_scales_all_rows() -> None:
    for row_map in (
        RowMap(1.0, COMPONENTS, POINTS),
        RowMap(1.0, COMPONENTS, POINTS, matrix=numbers(3, COMPONENTS * POINTS)),
    ):
        before = torch.cat(row_map.apply(residual()))
        after = torch.cat(replace(row_map, weight=9.0).apply(residual()))
        torch.testing.assert_close(after, 3 * before)


def test_weights_of_points_and_a_matrix_are_not_both_given() -> None:
    with pytest.raises(ValueError, match="weights of the points belong into the matrix"):
        RowMap(1.0, 1, POINTS, numbers(POINTS), numbers(2, POINTS))
