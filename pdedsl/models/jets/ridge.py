r"""The first layer where every feature is affine in an input of its own.

Then z = W φ(x) + b is affine too. With φ_i = s_i x_i + c_i, the jet of z beside its value z_0 is
the vector h_i = W e_i s_i, the same at all points, for the derivative along axis i, and zero for
all of higher degree. So (see `jet_table`)

.. math:: [σ(z)]_α = \sum_k M_{k,α}\, σ^{(k)}(z_0),\quad
          M_{k,α} = \sum_{|β| = k} \frac{w_{αβ}}{β!} \prod_i h_i^{β_i}

where channel α holds Σ_β w_{αβ} D^β / β!: one number M a neuron, for the degree of a derivative, or
for each degree in a sum. With the gradient G of the result,

.. math:: \bar z_0 = \sum_k σ^{(k+1)} \sum_α M_{k,α} G_α,\quad
          \bar M_{k,α} = \sum_n G_{αn}\, σ^{(k)}(z_{0n}).

So only z_0 is a matrix product over the points, and every channel one product of a number and a
derivative of σ. The numbers M themselves are made by torch's own operations on few entries, which
lead their gradients back to W.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import torch
from torch import Tensor

from pdedsl.models.parameters import Affine, Reader
from pdedsl.models.runtime.workspace import empty, empty_like, result

from .activations import Tower
from .compose import combine_rows, constant
from .differentiation import gradients_again, has_no_tangent, is_ordinary
from .fused import towers_at
from .ridge_plan import Degree, RidgePlan


@dataclass(frozen=True)
class AffineFeatures:
    """Features each of which is affine in an input of its own.

    Args:
        values: φ at the points, shape (n, inputs).
        slopes: s, shape (inputs,).
    """

    values: Tensor
    slopes: Tensor


def first_layer(
    tower: Tower, reader: Reader, features: AffineFeatures, layer: Affine, plan: RidgePlan
) -> Tensor:
    """The jet of σ(W φ + b).

    Args:
        tower: σ and its derivatives.
        reader: gives the parameters.
        features: φ.
        layer: places of W and b in the parameters.
        plan: the channels.

    Returns:
        Shape (rows of the plan, n, neurons).
    """
    z, shift = reader.linear(features.values.unsqueeze(0), layer)
    numbers: list[Tensor] = []
    if plan.axes:
        matrix = reader.matrix(layer, len(features.slopes))
        numbers = _numbers(_picked((matrix * features.slopes).T, plan.axes), plan)
    given = [t for t in (z, shift, *numbers) if t is not None]
    if all(has_no_tangent(t) for t in given):
        return cast(Tensor, Ridge.apply(z, shift, tower, plan, *numbers))
    return plain(tower, z, shift, plan, numbers)


def _numbers(h: Tensor, plan: RidgePlan) -> list[Tensor]:
    """M of every degree that has some, shape (rows, neurons), from h, shape (axes, neurons)."""
    out, products = [], h
    for degree in plan.degrees:
        if degree.left:
            products = _picked(products, degree.left) * _picked(h, degree.right)
        if degree.runs:
            if degree.matrix is None:
                out.append(products)
            else:
                out.append(_matrix(degree, products.dtype, products.device) @ products)
    return out


def _picked(tensor: Tensor, index: tuple[int, ...]) -> Tensor:
    """Rows of a matrix, by a product: an index cannot be recorded, and is slow in reverse."""
    if index == tuple(range(len(tensor))):
        return tensor
    return _units(index, len(tensor), tensor.dtype, tensor.device) @ tensor


@lru_cache(maxsize=1024)
def _units(index: tuple[int, ...], count: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    rows = [[float(column == one) for column in range(count)] for one in index]
    return constant(rows, dtype, device)


@lru_cache(maxsize=1024)
def _matrix(degree: Degree, dtype: torch.dtype, device: torch.device) -> Tensor:
    assert degree.matrix is not None
    return constant(degree.matrix, dtype, device)


def plain(
    tower: Tower, z: Tensor, bias: Tensor | None, plan: RidgePlan, numbers: Sequence[Tensor]
) -> Tensor:
    """As `first_layer` from z and M, by operations that may be differentiated and mapped."""
    used = plan.used
    sigma = tower(z[0] if bias is None else z[0] + bias, max((d.degree for d in used), default=0))
    parts = [sigma[0].unsqueeze(0)] if plan.value else []
    parts += [m.unsqueeze(1) * sigma[d.degree] for d, m in zip(used, numbers, strict=True)]
    out = torch.cat(parts) if len(parts) > 1 else parts[0]
    return out if plan.sums is None else combine_rows(plan.sums, out)


class Ridge(torch.autograd.Function):
    """(value of z, b, M_1, M_2, …) → jet of σ(z + b); see the module docstring."""

    @staticmethod
    def forward(
        ctx: Any, z: Tensor, bias: Tensor | None, tower: Tower, plan: RidgePlan, *numbers: Tensor
    ) -> Tensor:
        """The jet; ``z`` has the shape (1, n, width)."""
        _, n, width = z.shape
        used = plan.used
        order = max((d.degree for d in used), default=0) + any(ctx.needs_input_grad)
        out = empty((width, plan.rows, n), z).permute(1, 2, 0)
        place = out[0] if plan.value else empty_like(z[0])
        slopes = towers_at(tower.derivatives, z[0], bias, order, place)[1:]
        for degree, m in zip(used, numbers, strict=True):
            curve, factor = slopes[degree.degree - 1]
            scaled = (m if factor == 1 else m * factor).unsqueeze(1)
            for first, start, count, fresh in degree.runs:
                own, part = scaled[start : start + count], out[first : first + count]
                if fresh:
                    torch.mul(own, curve, out=part)
                else:
                    part.addcmul_(own, curve)
        ctx.tower, ctx.plan = tower, plan
        ctx.factors = [factor for _, factor in slopes]
        ctx.save_for_backward(z, bias, *numbers, *(curve for curve, _ in slopes))
        return out

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        """The formulas of the module docstring."""
        z, bias, *rest = ctx.saved_tensors
        count = len(ctx.plan.used)
        numbers, curves = rest[:count], rest[count:]
        if torch.is_grad_enabled() or not is_ordinary(grad):
            given = z, bias, None, None, *numbers
            return gradients_again(
                lambda z, bias, _, __, *numbers: plain(ctx.tower, z, bias, ctx.plan, numbers),
                given, ctx.needs_input_grad, grad,
            )  # fmt: skip
        slopes = list(zip(curves, ctx.factors, strict=True))
        back = _argument(grad, numbers, slopes, ctx.plan)
        own = back.sum(0) if ctx.needs_input_grad[1] else None
        led = [_number(grad, slopes[degree.degree - 1], degree) for degree in ctx.plan.used]
        return back.unsqueeze(0), own, None, None, *led


def _argument(
    grad: Tensor, numbers: Sequence[Tensor], slopes: Sequence[tuple[Tensor, float]], plan: RidgePlan
) -> Tensor:
    """The gradient in z_0, shape (n, width)."""
    back: Tensor | None = None
    if plan.value:
        curve, factor = slopes[0]
        back = result(torch.mul, curve, grad[0])
        if factor != 1:
            back.mul_(factor)
    for degree, m in zip(plan.used, numbers, strict=True):
        curve, factor = slopes[degree.degree]
        scaled = m if factor == 1 else m * factor
        for first, start, count, _ in degree.runs:
            own = scaled[start : start + count]
            total = _weighted(own, grad[first : first + count])
            if back is None:
                back = total.mul_(curve)
            else:
                back.addcmul_(curve, total)
    assert back is not None
    return back


def _weighted(own: Tensor, grad: Tensor) -> Tensor:
    """Σ_α M_α G_α, shape (n, width)."""
    if len(grad) == 1:
        return torch.mul(grad[0], own[0], out=empty_like(grad[0]))
    rows = grad.permute(2, 0, 1)
    width, _, n = rows.shape
    out = empty((width, 1, n), grad)
    torch.bmm(own.T.unsqueeze(1), rows, out=out)
    return out[:, 0].T


def _number(grad: Tensor, slope: tuple[Tensor, float], degree: Degree) -> Tensor:
    """The gradient in M of a degree, shape (rows, width)."""
    curve, factor = slope
    parts = [
        result(torch.mul, grad[first : first + count], curve).sum(1)
        for first, _, count, _ in degree.runs
    ]
    out = parts[0] if len(parts) == 1 else torch.cat(parts)
    return out if factor == 1 else out * factor
