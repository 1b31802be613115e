"""Special functions in generated code: values by scipy, derivatives of any order by their rules.

An operation of torch's own library stands for each evaluation, so that computations which are taken
down and repeated see it; what its derivative is, reverse or forward, is known one level above.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
import torch
from torch import Tensor, library

from pdedsl.ir import SPECIAL_FUNCTIONS


@library.custom_op("pdedsl::special", mutates_args=())
def _values(x: Tensor, name: str, order: list[float]) -> Tensor:
    found = SPECIAL_FUNCTIONS[name].values(*order, x.detach().to("cpu", torch.float64).numpy())
    return torch.as_tensor(found, dtype=x.dtype, device=x.device).reshape(x.shape).clone()


class _Call(torch.autograd.Function):
    """f(order, x); its derivative is an expression in functions of the same kind."""

    @staticmethod
    def forward(x: Tensor, name: str, order: tuple[float, ...]) -> Tensor:
        found: Tensor = _values(x, name, list(order))
        return found

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        x, ctx.name, ctx.order = inputs
        ctx.save_for_backward(x)
        ctx.save_for_forward(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        (x,) = ctx.saved_tensors
        return grad * _slope(ctx.name, ctx.order)(x)[0], None, None

    @staticmethod
    def jvp(ctx: Any, tangent: Tensor, *_: Any) -> Tensor:
        (x,) = ctx.saved_tensors
        found: Tensor = tangent * _slope(ctx.name, ctx.order)(x)[0]
        return found


@cache
def _slope(name: str, order: tuple[float, ...]) -> Any:
    """The derivative as generated code."""
    from .torch_code import generate

    x = sp.Symbol("x", real=True)
    slope = SPECIAL_FUNCTIONS[name](*map(sp.sympify, order), x).fdiff(len(order) + 1)
    return generate("slope", ["x"], [slope], ["x"]).function


def special(name: str, *arguments: Any) -> Tensor:
    """A function of `pdedsl.ir.special` by name: of constants, if any, and a tensor."""
    *order, x = arguments
    found: Tensor = _Call.apply(x, name, tuple(order))
    return found
