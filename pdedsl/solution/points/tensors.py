"""A solution in torch, with gradients in the coordinates.

The gradient of values u_k(x) is g ↦ Σ_k g_k ∂u_k/∂x, whose derivatives are evaluated as expressions
of the fields: exact for every model, and of any order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import sympy as sp

from pdedsl.geometry.arrays import Array
from pdedsl.ir import Problem

from .arrays import by_input

Evaluate = Callable[[sp.Expr, Array], Array]
"""An expression of fields, derivatives and inputs at points (n, inputs) to its values (n,)."""


def has_tensors(values: Mapping[str, Any]) -> bool:
    """Whether a value is a tensor of torch, which need not be loaded for that."""
    return any(type(v).__module__.partition(".")[0] == "torch" for v in values.values())


def tensor_values(
    problem: Problem,
    expressions: Sequence[sp.Expr],
    evaluate: Evaluate,
    coordinates: Mapping[str, Any],
) -> tuple[list[Any], Any]:
    """Values of expressions at tensors of coordinates, which broadcast.

    Args:
        problem: whose inputs the coordinates are.
        expressions: of fields, derivatives and inputs.
        evaluate: their values at points.
        coordinates: of every input a tensor or a number.

    Returns:
        A tensor for each expression, of the broadcast shape, and the points, shape (n, inputs).

    Raises:
        TypeError: a coordinate is missing or unknown.
        ValueError: the shapes do not broadcast.
    """
    import torch

    like = next(v for v in coordinates.values() if isinstance(v, torch.Tensor))
    dtype = like.dtype if like.is_floating_point() else torch.float64
    found = by_input(problem, coordinates, torch.as_tensor)
    given = (torch.as_tensor(v, dtype=dtype, device=like.device) for v in found)
    columns = torch.broadcast_tensors(*given)
    points = torch.stack([column.reshape(-1) for column in columns], dim=1)
    rows = _differentiable(tuple(problem.inputs), tuple(expressions), evaluate, points)
    return [row.reshape(columns[0].shape) for row in rows], points


def _differentiable(
    inputs: tuple[sp.Symbol, ...], expressions: tuple[sp.Expr, ...], evaluate: Evaluate, points: Any
) -> Any:
    """Values (expressions, n) at points (n, inputs) that know their derivatives."""
    import torch

    class Values(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, at: Any) -> Any:
            ctx.save_for_backward(at)
            plain = at.detach().cpu().double().numpy()
            rows = np.stack([evaluate(e, plain) for e in expressions])
            return torch.as_tensor(rows, dtype=at.dtype, device=at.device)

        @staticmethod
        def backward(ctx: Any, gradient: Any) -> Any:
            (at,) = ctx.saved_tensors
            slopes = tuple(sp.diff(e, s) for e in expressions for s in inputs)
            rows = _differentiable(inputs, slopes, evaluate, at)
            whole = rows.reshape(len(expressions), len(inputs), len(at))
            return (gradient[:, None, :] * whole).sum(dim=0).T

    return Values.apply(points)
