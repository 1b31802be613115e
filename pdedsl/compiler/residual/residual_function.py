r"""The residual as a vector function r(θ) at given points, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad

from pdedsl.compiler.evaluation.ansatz import Ansatz
from pdedsl.compiler.evaluation.checks import checked_vector, describe
from pdedsl.compiler.evaluation.chunk_sizes import points_at_once
from pdedsl.compiler.evaluation.evaluation import evaluate
from pdedsl.compiler.evaluation.evaluator import Evaluator
from pdedsl.compiler.evaluation.jacobian import Assembly, dense_factor
from pdedsl.compiler.evaluation.local_rows import LocalFactor, sparse_rows
from pdedsl.compiler.lowering.groups import Network
from pdedsl.ir import Problem
from pdedsl.linalg.layers import Factor
from pdedsl.linalg.linearisation import PLAIN, Linearisation, Sketch, SparseOrder
from pdedsl.linalg.sparse_rows import SparseRows

from .block import Block, Chunk, Rows, chunks_of
from .first_order import by_shares, fits, in_rows
from .gradients import hessian_product, row_product
from .normal_matrices import gram_of, kernel_of, rows_at_once, squared_norm_of
from .piecewise_rows import by_pieces
from .replay import Workers
from .replayed_gradients import LatestParts, Parts, replayed_loss_gradients
from .replayed_jacobian import ReplayedJacobian
from .replayed_loss import replayed_loss


class ResidualFunction(Evaluator):
    """r(θ) at the points of blocks, its Jacobian J, and their products.

    Attributes:
        loss_workers: the threads that replay the loss; see `replay`.
        gradient_workers: those that replay the loss and its gradient.
        jacobian_workers: those that replay the Jacobian.
    """

    def __init__(self, problem: Problem, ansatz: Ansatz, like: Tensor) -> None:
        super().__init__(problem, ansatz, like)
        self._blocks: tuple[Block, ...] = ()
        self.loss_workers = Workers(ansatz)
        self.gradient_workers, self.jacobian_workers = Workers(ansatz), Workers(ansatz)
        self._jacobian = ReplayedJacobian(self.jacobian_workers)
        self._latest: LatestParts | None = None

    @property
    def blocks(self) -> tuple[Block, ...]:
        """One for each law that has rows, in order."""
        return self._blocks

    @property
    def networks(self) -> tuple[Network, ...]:
        """The models, with their places in θ."""
        return self.ansatz.networks

    @property
    def rows(self) -> int:
        """N."""
        return self.blocks[-1].rows.stop if self.blocks else 0

    def residual(self, theta: Tensor) -> Tensor:
        """r(θ), shape (N,)."""
        return self._residual_of(self.blocks, theta)

    def jacobian(self, theta: Tensor) -> Tensor:
        """J = ∂r/∂θ, shape (N, P)."""
        return self.residual_and_jacobian(theta)[1]

    @torch.inference_mode(False)
    def residual_and_jacobian(self, theta: Tensor) -> tuple[Tensor, Tensor]:
        """r(θ) and J from one evaluation."""
        theta = checked_vector("theta", theta, self.parameters, self._like)
        residual = self._like.new_empty(self.rows)
        assembly = Assembly(self.rows, self.parameters, self._like)
        rest = self._jacobian.put(self.blocks, self.chunk, theta, residual, assembly)
        for _, part in self.layer_factors(theta, residual, rest):
            for factor in part:
                assembly.add(factor)
        return residual, assembly.done()

    def linearise(
        self, theta: Tensor, normal: bool = False, sketch: Sketch = PLAIN
    ) -> Linearisation:
        """r(θ) and J, or what a sketch makes of them; see `linalg.linearisation`.

        ``normal`` says that sums over rows would do, where J is too large to be kept.
        """
        theta = checked_vector("theta", theta, self.parameters, self._like)
        if fits(self, theta):
            return in_rows(self, theta, sketch)
        return by_shares(self, theta, normal, sketch)

    @torch.inference_mode(False)
    def linearise_sparsely(self, theta: Tensor) -> SparseOrder | None:
        """r(θ) and J by the entries of J, or by pieces; None where neither saves anything."""
        theta = checked_vector("theta", theta, self.parameters, self._like)
        if (found := self.residual_and_sparse_rows(theta)) is not None:
            return SparseOrder(*found, self.residual)
        return by_pieces(self, theta)

    @torch.inference_mode(False)
    def residual_and_sparse_rows(self, theta: Tensor) -> tuple[Tensor, SparseRows] | None:
        """r(θ) and J by its entries, where all models are mostly zero at a point; else None."""
        local = all(getattr(network.model, "local", False) for network in self.networks)
        if not local or not all(block.map.diagonal for block in self.blocks):
            return None
        theta = checked_vector("theta", theta, self.parameters, self._like)
        residual = theta.new_empty(self.rows)
        found: list[LocalFactor] = []
        for chunk in self._chunks():
            rows, factors = chunk.residual_and_factors(self.ansatz, theta)
            _write(residual, rows)
            for factor in factors:
                if not isinstance(factor, LocalFactor):
                    return None
                found.append(factor)
        return residual, sparse_rows(found, self.rows, self.parameters, theta)

    def layer_factors(
        self, theta: Tensor, residual: Tensor, blocks: Sequence[Block] | None = None
    ) -> Iterator[tuple[Block, list[Factor]]]:
        """The factors of J by layers, chunk by chunk, each with its law.

        Args:
            theta: shape (P,).
            residual: shape (N,); the rows of a chunk are filled in before its factors come.
            blocks: some of the blocks; None for all.
        """
        theta = checked_vector("theta", theta, self.parameters, self._like)
        for chunk in self._chunks(blocks):
            rows, factors = chunk.residual_and_factors(self.ansatz, theta)
            _write(residual, rows)
            yield chunk.block, list(map(dense_factor, factors))

    def total(self, function: Callable[..., Sequence[Tensor]], *arguments: Any) -> list[Tensor]:
        """What a function of the system and the arguments gives: sums over its rows."""
        return list(function(self, *arguments))

    def gathered(self, function: Callable[..., Any], *arguments: Any) -> list[Any]:
        """What a function of the system and the arguments gives, as that of the only share."""
        return [function(self, *arguments)]

    @property
    def places(self) -> Tensor | None:
        """Indices of its rows among those of the whole; None where they are all."""
        return None

    @torch.inference_mode(False)
    def gram(self, theta: Tensor) -> Tensor:
        """JᵀJ, shape (P, P), summed over chunks of rows."""
        theta = checked_vector("theta", theta, self.parameters, self._like)
        parts = self.layer_factors(theta, theta.new_empty(self.rows))
        return gram_of((part for _, part in parts), theta)

    @torch.inference_mode(False)
    def kernel(self, theta: Tensor) -> Tensor:
        """JJᵀ, shape (N, N), summed over chunks of columns."""
        theta = checked_vector("theta", theta, self.parameters, self._like)
        parts = self.layer_factors(theta, theta.new_empty(self.rows))
        return kernel_of((part for _, part in parts), self.rows, theta)

    @torch.inference_mode(False)
    def jvp(self, theta: Tensor, v: Tensor) -> Tensor:
        """J v, shape (N,), by forward differentiation."""
        theta = checked_vector("theta", theta, self.parameters, self._like)
        v = checked_vector("v", v, self.parameters, self._like)
        out = theta.new_zeros(self.rows)
        with forward_ad.dual_level():
            dual = forward_ad.make_dual(theta, v)
            for chunk in self._chunks():
                values = evaluate(self.ansatz, dual, chunk.block.plan, chunk.batch)
                tangents = [forward_ad.unpack_dual(value).tangent for value in values]
                _write(out, chunk.rows([
                    torch.zeros_like(value) if tangent is None else tangent
                    for value, tangent in zip(values, tangents, strict=True)
                ]))  # fmt: skip
        return out

    @torch.inference_mode(False)
    def vjp(self, theta: Tensor, w: Tensor) -> Tensor:
        """Jᵀ w, shape (P,), by reverse differentiation."""
        theta = checked_vector("theta", theta, self.parameters, self._like)
        w = checked_vector("w", w, self.rows, self._like)
        return row_product(self.ansatz, self._chunks(), theta, w)

    @torch.inference_mode(False)
    def loss(self, theta: Tensor) -> Tensor:
        """‖r(θ)‖², a scalar tensor."""
        theta = checked_vector("theta", theta, self.parameters, self._like)
        return replayed_loss(self.loss_workers, self.blocks, self.chunk, self._chunks, theta)

    @torch.inference_mode(False)
    def loss_and_grad(self, theta: Tensor) -> tuple[Tensor, Tensor]:
        """‖r‖² and its gradient 2 Jᵀ r, chunk by chunk."""
        theta = checked_vector("theta", theta, self.parameters, self._like)
        loss, grad = theta.new_zeros(()), torch.zeros_like(theta)
        for part, slope in self._evaluate_parts(theta).values():
            loss += part
            grad += slope
        return loss, grad

    @torch.inference_mode(False)
    def parts_by_law(self, theta: Tensor) -> dict[str, tuple[Tensor, Tensor]]:
        """The part of each law in the loss, w mean r², and w ∇ mean r², shape (P,), by label.

        They cost nothing at the state whose gradient was asked for last.
        """
        theta = checked_vector("theta", theta, self.parameters, self._like)
        latest = self._latest
        if latest is not None and latest.belongs_to(theta, self.blocks):
            parts = latest.parts
        else:
            parts = self._evaluate_parts(theta)
            # What is known of the last gradient stays: else the digits of `point_losses` would
            # depend on whether somebody has looked on in between.
            self._latest = latest
        return {label: (part, slope.clone()) for label, (part, slope) in parts.items()}

    def gradients_by_law(self, theta: Tensor) -> dict[str, Tensor]:
        """The part of each law in the gradient of the loss: label to w ∇ mean r², shape (P,)."""
        return {label: slope for label, (_, slope) in self.parts_by_law(theta).items()}

    @torch.inference_mode(False)
    def traces_by_law(self, theta: Tensor) -> dict[str, float]:
        """The mean over the rows of each law of ‖∇r‖², without its weight: its trace in JJᵀ."""
        theta = checked_vector("theta", theta, self.parameters, self._like)
        out = {}
        for block in self.blocks:
            most = self.chunk or points_at_once(block.plan, self.ansatz, self._like)
            chunks = chunks_of(
                (block.unweighted(),), min(most, rows_at_once(theta)), self.ansatz, self._like
            )
            factors = (chunk.residual_and_factors(self.ansatz, theta)[1] for chunk in chunks)
            out[block.label] = squared_norm_of((list(map(dense_factor, f)) for f in factors), theta)
        return out

    @torch.inference_mode(False)
    def hvp(self, theta: Tensor, v: Tensor) -> Tensor:
        """The Hessian of the loss ‖r‖² times v, shape (P,), without forming it."""
        theta = checked_vector("theta", theta, self.parameters, self._like)
        v = checked_vector("v", v, self.parameters, self._like)
        return hessian_product(self.ansatz, self._chunks(), theta, v)

    def losses(self, thetas: Tensor) -> Tensor:
        """The loss of several parameter vectors, shape (k, P) to (k,)."""
        if thetas.ndim != 2:
            wanted = f"shape (k, {self.parameters})"
            raise ValueError(f"thetas: expected {wanted}, got {describe(thetas)}")
        return torch.stack([self.loss(theta) for theta in thetas])

    def losses_by_law(self, theta: Tensor) -> dict[str, float]:
        """Root mean square of the residual of each law that has rows, without weight."""
        return self._root_mean_squares(self.blocks, theta)

    def _root_mean_squares(self, blocks: Sequence[Block], theta: Tensor) -> dict[str, float]:
        residual = self._residual_of([block.unweighted() for block in blocks], theta)
        return {block.label: float(residual[block.rows].norm()) for block in blocks}

    def _residual_of(self, blocks: Sequence[Block], theta: Tensor) -> Tensor:
        """The rows of blocks, one after another."""
        theta = checked_vector("theta", theta, self.parameters, self._like)
        out = theta.new_empty(blocks[-1].rows.stop if blocks else 0)
        with torch.no_grad():
            for chunk in self._chunks(blocks, values_alone=True):
                _write(out, chunk.residual(self.ansatz, theta))
        return out

    def _evaluate_parts(self, theta: Tensor) -> Parts:
        """By law the part in the loss and in its gradient, which are kept."""
        workers, blocks = self.gradient_workers, self.blocks
        parts = {b.label: (theta.new_zeros(()), torch.zeros_like(theta)) for b in blocks}
        found, squares = replayed_loss_gradients(workers, blocks, self.chunk, self._chunks, theta)
        for label, *pair in found:
            for total, part in zip(parts[label], pair, strict=True):
                total.add_(part)
        self._latest = LatestParts(theta.clone(), blocks, parts, squares)
        return parts

    def _chunks(
        self, blocks: Sequence[Block] | None = None, values_alone: bool = False
    ) -> Iterator[Chunk]:
        """Chunks of points of all blocks or some; see `chunks_of`."""
        chosen = self.blocks if blocks is None else blocks
        return chunks_of(chosen, self.chunk, self.ansatz, self._like, values_alone)


def _write(out: Tensor, rows: Rows) -> None:
    """Write rows of r(θ) to their places in a vector of shape (N,)."""
    for row, values in rows:
        out[row : row + len(values)] = values.detach()
