"""The step of an activation on a jet as code of its own, made by torch.compile.

One loop over the points goes through all channels and keeps in registers what `fused` writes
and reads again; the formulas are those of `fused`. Making it takes some seconds for each set of
derivatives, and a C++ compiler, which torch calls. It is for the CPU; elsewhere, and for second
derivatives, `compose` takes the other ways.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from types import FunctionType
from typing import Any

import torch
from torch import Tensor

from pdedsl.models.runtime.workspace import empty_like

from .activation_derivatives import FROM_VALUE, tanh_polynomial
from .activations import Derivatives, Tower
from .differentiation import is_ordinary
from .fused import Plain, Product, differentiable, products_of
from .jet_table import Selection

Rows = Sequence[Tensor]


@dataclass(frozen=True)
class Steps:
    """The two functions of a step, compiled when they are first called.

    Args:
        forward: (channels of z, b, places of those of σ(z + b)).
        backward: (channels of the gradient in the result, channels of z, b, σ(z + b) where it is a
            channel of the result, places of the channels of the gradient in z).
    """

    forward: Callable[[Rows, Tensor, Rows], None]
    backward: Callable[[Rows, Rows, Tensor, Tensor | None, Rows], None]


@lru_cache(maxsize=64)
def steps_of(derivatives: Derivatives, rows: Selection) -> Steps:
    """The compiled steps of an activation to some channels of a jet."""

    def forward(jet: Rows, bias: Tensor, out: Rows) -> None:
        sigma = _factored(derivatives(jet[0] + bias.unsqueeze(1), rows.order))
        _write(out, _result(jet[1:], sigma, rows))

    def backward(grad: Rows, jet: Rows, bias: Tensor, value: Tensor | None, out: Rows) -> None:
        if value is not None and derivatives in FROM_VALUE:
            towers = FROM_VALUE[derivatives].derivatives(value, rows.order + 1)
        else:
            towers = derivatives(jet[0] + bias.unsqueeze(1), rows.order + 1)
        _write(out, _gradient(grad, jet[1:], _factored(towers), rows))

    return Steps(_compiled(forward), _compiled(backward))


_numbers = count()


def _compiled(function: Any) -> Any:
    """The function compiled, under a name of its own.

    torch.compile counts what it has compiled for a piece of code, and gives up at the eighth:
    a function that is made anew for every table must not look like the same one.
    """
    for known in (_products, _wanted, tanh_polynomial):
        # Not where they are defined: this loads the compiler, which takes a second.
        torch.compiler.assume_constant_result(known)
    name = f"{function.__name__}_{next(_numbers)}"
    code = function.__code__.replace(co_name=name)
    own = FunctionType(code, function.__globals__, name, None, function.__closure__)
    return torch.compile(own, fullgraph=True, dynamic=True)


class CompiledComposition(torch.autograd.Function):
    """(jet of z, b) → wanted channels of the jet of σ(z + b); see `fused.Composition`."""

    @staticmethod
    def forward(
        ctx: Any, jet: Tensor, bias: Tensor, tower: Tower, rows: Selection, plain: Plain
    ) -> Tensor:
        """See `compose.compose`; ``plain`` is the differentiable way."""
        steps, out = steps_of(tower.derivatives, rows), empty_like(jet, len(rows))
        arguments = _rows(jet), bias.detach(), _rows(out)
        if not _ran(steps.forward, rows, arguments):
            out = plain(tower, jet, bias, rows)
        ctx.save_for_backward(jet, bias, out)
        ctx.tower, ctx.rows, ctx.plain, ctx.steps = tower, rows, plain, steps
        return out

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        """The formula of `fused`."""
        jet, bias, out = ctx.saved_tensors
        if torch.is_grad_enabled() or not is_ordinary(grad):
            return *differentiable(ctx, jet, bias, grad), None, None, None
        back, value = empty_like(jet), _rows(out)[0] if ctx.rows.value else None
        steps: Steps = ctx.steps
        arguments = _rows(grad), _rows(jet), bias.detach(), value, _rows(back)
        if not _ran(steps.backward, ctx.rows, arguments):
            return *differentiable(ctx, jet, bias, grad), None, None, None
        own = back[0].sum(0) if ctx.needs_input_grad[1] else None
        return back, own, None, None, None


_refused: set[Selection] = set()


def is_refused(rows: Selection) -> bool:
    """Whether torch.compile has failed for these channels."""
    return rows in _refused


def _ran(step: Callable[..., None], rows: Selection, arguments: tuple[Any, ...]) -> bool:
    """Run a compiled step; where torch.compile fails, say so once and go on without it."""
    from torch._dynamo.exc import TorchDynamoException

    try:
        step(*arguments)
    except TorchDynamoException as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        warnings.warn(f"torch.compile failed, going on without it: {first}", stacklevel=2)
        _refused.add(rows)
        return False
    return True


def _rows(jet: Tensor) -> Rows:
    """The channels neuron by neuron, (width, n), as the linear maps leave them in memory.

    Each as a tensor of its own: told of a common storage, torch.compile would take a loop of its
    own, over all channels, for every one that is written.
    """
    whole = jet.detach().permute(2, 0, 1).numpy()
    return [torch.from_numpy(whole[:, channel]) for channel in range(whole.shape[1])]


def _write(out: Rows, rows: Rows) -> None:
    for place, row in zip(out, rows, strict=True):
        place.copy_(row)


def _factored(towers: Sequence[tuple[Tensor, float]]) -> list[Tensor]:
    return [value * factor for value, factor in towers]


def _products(rows: Selection) -> tuple[tuple[Product, ...], ...]:
    return products_of(rows)


def _wanted(rows: Selection) -> tuple[tuple[int, ...], int, bool]:
    """The rows of h that are wanted, how many of them are of first degree, and the value."""
    return tuple(c - 1 for c in rows.channels[rows.value :]), rows.linear, rows.value


def _result(h: Rows, sigma: Rows, rows: Selection) -> list[Tensor]:
    """The wanted channels of the result."""
    wanted, linear, with_value = _wanted(rows)
    out = [sigma[1] * h[row] for row in wanted]
    for curve, sums in zip(sigma[2:], _sums(h, rows)[0], strict=False):
        for row, total in sums.items():
            out[linear + row] = out[linear + row] + curve * total
    return [sigma[0], *out] if with_value else out


def _sums(h: Rows, rows: Selection) -> tuple[list[dict[int, Tensor]], list[list[Tensor]]]:
    """For each degree from 2 on, the sums Q by row, and all products."""
    every: list[list[Tensor]] = []
    out: list[dict[int, Tensor]] = []
    before = list(h)
    for products in _products(rows):
        values = [before[p.left] * h[p.right] for p in products]
        sums: dict[int, Tensor] = {}
        for product, value in zip(products, values, strict=True):
            for row, c in product.uses:
                sums[row] = sums[row] + c * value if row in sums else c * value
        out.append(sums)
        every.append(values)
        before = values
    return out, every


def _gradient(grad: Rows, h: Rows, sigma: Rows, rows: Selection) -> list[Tensor]:
    """The channels of the gradient in the jet of z."""
    sums, products = _sums(h, rows)
    wanted, linear, with_value = _wanted(rows)
    rest = grad[with_value + linear :]
    into: dict[int, Tensor] = {-1: sigma[1] * grad[0]} if with_value else {}
    for own, row in zip(grad[with_value:], wanted, strict=True):
        _add(into, -1, sigma[2] * (own * h[row]))
        into[row] = sigma[1] * own
    for curve, found in zip(sigma[3:], sums, strict=False):
        for row, total in found.items():
            _add(into, -1, curve * (rest[row] * total))
    above: dict[int, Tensor] = {}
    for number in range(len(products) - 1, -1, -1):
        before = products[number - 1] if number else list(h)
        curve = sigma[number + 2]
        below: dict[int, Tensor] = {} if number else into
        for place, product in enumerate(_products(rows)[number]):
            parts = [c * (curve * rest[row]) for row, c in product.uses]
            parts += [above[place]] if place in above else []
            for part in parts:
                _add(below, product.left, part * h[product.right])
                _add(into, product.right, part * before[product.left])
        above = below
    return [into[row] if row in into else torch.zeros_like(h[0]) for row in range(-1, len(h))]


def _add(into: dict[int, Tensor], place: int, value: Tensor) -> None:
    into[place] = into[place] + value if place in into else value
