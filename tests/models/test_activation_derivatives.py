"""The hyperbolic tangent in place against mpmath, for every kind of tensor."""

from __future__ import annotations

import mpmath
import pytest
import torch
from torch import Tensor

from pdedsl.models.jets.activation_derivatives import tanh_in_place

ARGUMENTS = [0.0, 5e-324, 1e-300, 1e-17, 3e-9, 1e-4, 0.1, 0.54, 0.55, 1.0, 7.3, 19.0, 22.5, 800.0]


def exact(values: Tensor) -> Tensor:
    with mpmath.workdps(40):
        return values.new_tensor([float(mpmath.tanh(mpmath.mpf(float(v)))) for v in values])


@pytest.mark.parametrize(("dtype", "ulps"), [(torch.float64, 2), (torch.float32, 2)])
def test_it_is_exact_to_two_units_in_the_last_place(dtype: torch.dtype, ulps: int) -> None:
    generator = torch.Generator().manual_seed(0)
    drawn = 10 ** (8 * torch.rand(500, dtype=torch.float64, generator=generator) - 6)
    z = torch.cat((torch.tensor(ARGUMENTS, dtype=torch.float64), drawn)).to(dtype)
    z = torch.cat((z, -z))
    want = exact(z)
    assert tanh_in_place(z) is z
    assert ((z - want).abs() <= ulps * torch.finfo(dtype).eps * want.abs()).all()


def test_values_that_are_not_finite() -> None:
    z = tanh_in_place(torch.tensor([torch.inf, -torch.inf, torch.nan], dtype=torch.float64))
    assert z[:2].tolist() == [1.0, -1.0] and bool(z[2].isnan())


def test_the_order_of_memory_does_not_matter() -> None:
    values = torch.linspace(-3, 3, 35 * 41, dtype=torch.float64).view(35, 41)
    rows, columns = values.clone(), values.T.contiguous().T
    parts = torch.zeros(35, 82, dtype=torch.float64)[:, ::2].copy_(values)
    for z in (rows, columns, parts):
        tanh_in_place(z)
    assert torch.equal(rows, columns) and torch.equal(rows, parts)


def test_half_precision_and_mapped_tensors_are_left_to_torch() -> None:
    z = torch.linspace(-2, 2, 9).half()
    assert torch.equal(tanh_in_place(z.clone()), z.tanh())
    y = torch.linspace(-2, 2, 12, dtype=torch.float64).view(3, 4)
    mapped = torch.func.vmap(lambda row: tanh_in_place(row.clone()))(y)
    torch.testing.assert_close(mapped, y.tanh(), rtol=1e-15, atol=0)
