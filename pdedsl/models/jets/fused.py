r"""The step of an activation on a jet as one node of automatic differentiation.

The plain step (see `compose`) builds a node for every product; here the whole step is one,
which writes into few tensors, and its reverse pass is written out. With the products of degree
k ≥ 1 and their sums Q_{k,α} = Σ_π c_{απ} Π_{β∈π} h_β for channel α (Q_{1,α} = h_α), and the
gradient G of the result o,

.. math:: o_0 = σ(z),\quad o_α = \sum_k σ^{(k)} Q_{k,α},

.. math:: \bar z = σ' G_0 + \sum_k σ^{(k+1)} \sum_α G_α Q_{k,α},\quad
          \bar h_β = \sum_k σ^{(k)} \sum_α G_α \frac{∂Q_{k,α}}{∂h_β}.

Where only some channels of the result are wanted (see `jets.Selection`), G has their rows alone,
and the products that no wanted channel has are not there.

What the reverse pass needs again (σ^{(k)}, Q_{k,α}, products that others start with) is kept:
rows are evaluated in chunks that fit the cache, so memory is of no concern. A second
differentiation goes through the plain step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from pdedsl.models.runtime.workspace import empty_like, result

from .activation_derivatives import FROM_VALUE, Scaled
from .activations import Derivatives, Tower
from .channels import Total
from .differentiation import gradients_again, is_ordinary
from .jet_table import Selection, runs_of

# Factors of the slopes, rows and factors of the sums, places of the products.
Frame = tuple[list[float], list[list[tuple[int, float]]], list[list[int]]]
Plain = Callable[[Tower, Tensor, Tensor | None, Selection], Tensor]


@dataclass(frozen=True)
class Product:
    """A product of k factors: one of k − 1 factors, times a row of h.

    Args:
        left: place among the products with one factor less; for k = 2 a row of h.
        right: row of h.
        uses: (row among the wanted channels of second degree and more, coefficient) of each sum
            Q_{k,α} that it is part of.
        kept: whether a product with one factor more starts with it.
    """

    left: int
    right: int
    uses: tuple[tuple[int, float], ...]
    kept: bool


@dataclass(frozen=True)
class Kept:
    """What a step keeps for its reverse pass.

    Args:
        slopes: τ_k and f_k with σ^(k) = f_k τ_k for k ≥ 1, up to one order more than is needed.
            Not the value: kept by its own node, the result would never be freed.
        sums: for each degree k ≥ 2, the row of each sum to the tensor S and the factor f with
            Q = f S.
        products: for each degree k ≥ 2, the values of the products that others start with.
    """

    slopes: Scaled
    sums: list[dict[int, tuple[Tensor, float]]]
    products: list[dict[int, Tensor]]

    def packed(self) -> tuple[list[Tensor], Frame]:
        """The tensors in a row, as automatic differentiation keeps and frees them, and the rest."""
        rows = [[(row, factor) for row, (_, factor) in sums.items()] for sums in self.sums]
        places = [list(products) for products in self.products]
        tensors = [value for value, _ in self.slopes]
        tensors += [value for sums in self.sums for value, _ in sums.values()]
        tensors += [value for products in self.products for value in products.values()]
        return tensors, ([factor for _, factor in self.slopes], rows, places)

    @classmethod
    def unpacked(cls, tensors: Iterable[Tensor], frame: Frame) -> Kept:
        """The inverse of `packed`."""
        left, (factors, rows, places) = iter(tensors), frame
        return cls(
            [(next(left), factor) for factor in factors],
            [{row: (next(left), factor) for row, factor in sums} for sums in rows],
            [{place: next(left) for place in products} for products in places],
        )


@lru_cache(maxsize=512)
def products_of(rows: Selection) -> tuple[tuple[Product, ...], ...]:
    """The products with two factors, three factors, and so on."""
    out: list[tuple[Product, ...]] = []
    for number, step in enumerate(rows.steps):
        after = rows.steps[number + 1].left if number + 1 < len(rows.steps) else ()
        columns = zip(*step.matrix, strict=True)
        uses = [tuple((row, c) for row, c in enumerate(column) if c != 0) for column in columns]
        pairs = zip(step.left, step.right, uses, strict=True)
        out.append(tuple(Product(a, b, use, j in after) for j, (a, b, use) in enumerate(pairs)))
    return tuple(out)


class Composition(torch.autograd.Function):
    """(jet of z, b) → wanted channels of the jet of σ(z + b)."""

    @staticmethod
    def forward(
        ctx: Any, jet: Tensor, bias: Tensor | None, tower: Tower, rows: Selection, plain: Plain
    ) -> Tensor:
        """See `compose.compose`; ``plain`` is the differentiable way."""
        order, out = rows.order + any(ctx.needs_input_grad), empty_like(jet, len(rows))
        place = out[0] if rows.value else empty_like(jet[0])
        kept = Kept(towers_at(tower.derivatives, jet[0], bias, order, place)[1:], [], [])
        ctx.tower, ctx.rows, ctx.plain = tower, rows, plain
        forward(jet, out, rows, kept)
        tensors, ctx.frame = kept.packed()
        ctx.save_for_backward(jet, bias, *tensors)
        return out

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        """The formula of the module docstring."""
        jet, bias, *tensors = ctx.saved_tensors
        if torch.is_grad_enabled() or not is_ordinary(grad):
            return *differentiable(ctx, jet, bias, grad), None, None, None
        back = backward(grad, jet, ctx.rows, Kept.unpacked(tensors, ctx.frame))
        own = back[0].sum(0) if ctx.needs_input_grad[1] else None
        return back, own, None, None, None


def differentiable(
    ctx: Any, jet: Tensor, bias: Tensor | None, grad: Tensor
) -> tuple[Tensor | None, ...]:
    """The reverse pass in operations that may be differentiated again."""

    def step(jet: Tensor, bias: Tensor | None) -> Tensor:
        out: Tensor = ctx.plain(ctx.tower, jet, bias, ctx.rows)
        return out

    return gradients_again(step, (jet, bias), ctx.needs_input_grad[:2], grad)


def towers_at(
    derivatives: Derivatives, z: Tensor, bias: Tensor | None, order: int, place: Tensor
) -> Scaled:
    """The derivatives at z + b, the value at its place."""
    if bias is None:
        place.copy_(z)
    else:
        torch.add(z, bias, out=place)
    if derivatives in FROM_VALUE:
        own = FROM_VALUE[derivatives]
        return own.derivatives(own.apply(place), order)
    towers = derivatives(place, order)
    # Whatever refers to the argument has been made.
    value, factor = towers[0]
    torch.mul(value, factor, out=place)
    return towers


def forward(jet: Tensor, out: Tensor, rows: Selection, kept: Kept) -> Tensor:
    """The jet of σ(z) from that of z; ``kept`` has the slopes, and takes sums and products.

    Args:
        jet: of z.
        out: place of the result, whose value is there already where it is wanted.
        rows: the channels of the result.
        kept: see above.
    """
    if not rows.order:
        return out
    h, rest = jet[1:], out[rows.curved :]
    slope, factor = kept.slopes[0]
    for first, place, count in runs_of(rows.channels[rows.value :]):
        torch.mul(slope, jet[first : first + count], out=out[place + rows.value :][:count])
    if factor != 1:
        out[rows.value :].mul_(factor)
    before: Any = h
    for (curve, factor), products in zip(kept.slopes[1:], products_of(rows), strict=False):
        sums, values = _sums(products, before, h)
        for row, (total, scale) in sums.items():
            rest[row].addcmul_(curve, total, value=factor * scale)
        kept.sums.append(sums)
        kept.products.append(values)
        before = values
    return out


def _sums(
    products: tuple[Product, ...], before: Any, h: Tensor
) -> tuple[dict[int, tuple[Tensor, float]], dict[int, Tensor]]:
    """The sums Q of one degree, and the products that others start with."""
    sums: dict[int, tuple[Tensor, float]] = {}
    values: dict[int, Tensor] = {}
    for place, product in enumerate(products):
        left, right = before[product.left], h[product.right]
        if product.kept:
            values[place] = result(torch.mul, left, right)
        for row, c in product.uses:
            if row not in sums:
                # Where the product itself is the sum, no further product may be added to it.
                sums[row] = (result(torch.mul, left, right), c)
            else:
                total, scale = sums[row]
                total.addcmul_(left, right, value=c / scale)
    return sums, values


def backward(grad: Tensor, jet: Tensor, rows: Selection, kept: Kept) -> Tensor:
    """The gradient in the jet of z, from that in the wanted channels of the jet of σ(z)."""
    out = empty_like(jet)
    slope, factor = kept.slopes[0]
    for first, place, count in rows.runs:
        own = out[first : first + count]
        torch.mul(slope, grad[place : place + count], out=own)
        if factor != 1:
            own.mul_(factor)
    if not rows.order:
        return out
    back = Total(out, rows)
    h, rest = jet[1:], grad[rows.curved :]
    linear = {place: (jet[rows.channels[place]], 1.0) for place in range(rows.value, len(rows))}
    _into_argument(back, grad, linear, kept.slopes[1])
    for sums, tower in zip(kept.sums, kept.slopes[2:], strict=True):
        _into_argument(back, rest, sums, tower)
    _into_factors(back, rest, h, rows, kept)
    return back.done()


def _into_argument(
    back: Total, grad: Tensor, sums: dict[int, tuple[Tensor, float]], tower: tuple[Tensor, float]
) -> None:
    """Add σ^(k+1) Σ_α G_α Q_{k,α}."""
    total: Tensor | None = None
    first = 1.0
    for row, (value, scale) in sums.items():
        if total is None:
            total, first = result(torch.mul, grad[row], value), scale
        else:
            total.addcmul_(grad[row], value, value=scale / first)
    if total is not None:
        back.add(0, tower[0], total, first * tower[1])


def _into_factors(back: Total, grad: Tensor, h: Tensor, rows: Selection, kept: Kept) -> None:
    """Add σ^(k) Σ_α G_α ∂Q_{k,α}/∂h_β for k ≥ 2, from the highest degree down.

    A product passes its own gradient on to its two parts.
    """
    every = products_of(rows)
    above: dict[int, Tensor] = {}
    for number in range(len(every) - 1, -1, -1):
        curve, factor = kept.slopes[number + 1]
        weighted = {row: result(torch.mul, curve, grad[row]) for row in kept.sums[number]}
        below: dict[int, Tensor] = {}
        for place, product in enumerate(every[number]):
            parts = [(weighted[row], factor * c) for row, c in product.uses]
            if place in above:
                parts.append((above[place], 1.0))
            left = kept.products[number - 1][product.left] if number else h[product.left]
            right = h[product.right]
            for part, scale in parts:
                if number:
                    _add_product(below, product.left, part, right, scale)
                elif product.left == product.right:
                    back.add(1 + product.right, part, right, 2 * scale)
                    continue
                else:
                    back.add(1 + product.left, part, right, scale)
                back.add(1 + product.right, part, left, scale)
        above = below


def _add_product(
    into: dict[int, Tensor], place: int, one: Tensor, other: Tensor, scale: float
) -> None:
    if place in into:
        into[place].addcmul_(one, other, value=scale)
    else:
        into[place] = result(torch.mul, one, other).mul_(scale)
