"""The residual system: a problem, a model and points as the vector function r(θ)."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad

from pdedsl.compiler.exact_conditions.hard_conditions import Hardened, harden
from pdedsl.compiler.lowering.derivative_options import DerivativeOptions
from pdedsl.compiler.lowering.groups import Network, groups_of, initial_parameters, networks_of
from pdedsl.compiler.lowering.lower import LoweredProblem, lower
from pdedsl.compiler.lowering.stochastic_laplacian import estimated
from pdedsl.compiler.points.tensor_nodes import tensor_nodes
from pdedsl.compiler.residual.adaptive import Adaptive
from pdedsl.compiler.residual.drawing import Drawing
from pdedsl.geometry import KINDS
from pdedsl.ir import Problem
from pdedsl.linalg.layers import Factor
from pdedsl.linalg.sparse_rows import SparseRows
from pdedsl.models import GivenModel, ModelSpec
from pdedsl.models.jets.differentiation import recording
from pdedsl.models.networks.hard import HardConditions
from pdedsl.models.networks.layered import Layered

from .block_factors import block_factors
from .blocks import Block
from .chunks import chunks_of
from .evaluator import Evaluator
from .gradients import Parts, hessian_product, row_product
from .jacobian import Assembly, all_factors
from .laplacian_report import estimator_report
from .law_integrals import LawIntegrals, integral_plans
from .local_rows import LocalFactor, joined
from .normal_matrices import gram_of, kernel_of
from .options import check_points, check_weights, checked_dtype, checked_vector, said
from .program import Pass, setting_of
from .replayed_chunks import Workers
from .replayed_factors import RecordedFactors
from .replayed_gradients import recorded_loss_gradients


def build(
    problem: Problem | LoweredProblem,
    model: GivenModel = None,
    points: Mapping[str, int] | None = None,
    sampling: str = "sobol",
    weights: Mapping[str, float] | None = None,
    dtype: str | torch.dtype = "float64",
    device: str | torch.device = "cpu",
    seed: int = 0,
    derivatives: DerivativeOptions | Mapping[str, Any] | None = None,
    integrals: Mapping[str, LawIntegrals] | None = None,
) -> ResidualSystem:
    """Compile a problem.

    Args:
        problem: as made by sema, or lowered already.
        model: kind and options of the networks, see `models.registry`, or a module of torch,
            see `models.module`.
        points: number of points of a law, by its label, or by kind (``eq``, ``bc``, ``ic``,
            ``fit``) for each law of that kind; laws without either take a default that depends
            on the dimension, and so do laws between integrals alone where that is fewer than
            the number for their kind. The faces of a law share its points.
        sampling: ``sobol``, ``lhs``, ``uniform``, ``grid``, or ``gauss``: the nodes of a tensor
            quadrature, whose weights scale the rows (see `points`; for bases with a degree for
            each axis only the number for equations counts, see `tensor_nodes`); or
            ``collocation``, for windows of bases: the nodes of `collocation` in each window,
            ``sobol`` for the whole.
        weights: w by label or kind; 1 for the others.
        dtype: ``float64`` or ``float32``.
        device: where the tensors live.
        seed: of the points and of the first parameters.
        derivatives: how they are taken; see `DerivativeOptions`.
        integrals: by label, the laws that are imposed by integrals in place of points.

    Raises:
        UserError: the problem cannot be solved yet (E901), a place is empty (E407), or a column
            cannot be used (E605).
        ValueError: an option is wrong; the message says what was expected and what came.
    """
    lowered = problem if isinstance(problem, LoweredProblem) else lower(problem)
    integrals = integrals or {}
    problem, plans = lowered.problem, {**lowered.plans, **integral_plans(lowered, integrals)}
    kinds = (*KINDS, "collocation")
    if sampling not in kinds:
        raise ValueError(f"sampling: expected one of {', '.join(kinds)}, got {sampling!r}")
    points, weights = dict(points or {}), dict(weights or {})
    check_points(problem, points)
    check_weights(problem, weights)
    like = torch.empty(0, dtype=checked_dtype(dtype), device=torch.device(device))
    spec = ModelSpec.of(model)
    networks = networks_of(problem, lowered.groups, spec)
    hard = harden(problem, networks, plans) if spec.options.get("hard") else Hardened(networks)
    how = DerivativeOptions.of(derivatives)
    setting = setting_of(problem, hard.networks, plans, how.compile)
    plans = {label: estimated(made, how, hard.networks) for label, made in plans.items()}
    lines = tensor_nodes(problem, networks, points) if sampling == "gauss" else None
    drawing = Drawing(lowered, setting, plans, points, sampling, weights, like, lines, integrals)
    return ResidualSystem(drawing, seed, hard, how)


class ResidualSystem(Evaluator):
    """r(θ), its Jacobian J, and what follows from them; made by `build`.

    The rows of a law b are r_b = S_b ρ_b, with the map S_b of `row_map` from the residual ρ_b at
    points: loss(θ) = ‖r(θ)‖² = Σ_b w_b mean ρ_b² (for the sampling ``gauss``, by quadrature).
    θ is one flat tensor of shape (P,): the networks one after another, then the unknown numbers
    (as raw parameters, see `numbers`).

    Attributes:
        problem: the problem.
        blocks: one for each law that does not hold exactly, in order.
        exact_laws: labels of the laws that hold whatever θ is, because the model is built so;
            they have no rows.
        soft_laws: for a model with hard conditions, label to the reason why a law that does not
            hold in the interior has to be trained.
        theta0: the first parameters, shape (P,).
        drawing: how their points are drawn.
        chunk: number of points that are evaluated at once; None for what fits the cache.
    """

    def __init__(
        self,
        drawing: Drawing,
        seed: int,
        hard: Hardened,
        derivatives: DerivativeOptions,
    ) -> None:
        super().__init__(drawing.problem, drawing.setting, drawing.like)
        self.sampling, self.derivatives = drawing.kind, derivatives
        self.drawing = drawing
        self._hard = hard
        self.exact_laws, self.soft_laws = hard.exact, dict(hard.soft)
        self.blocks: tuple[Block, ...] = ()
        self._workers = Workers(self._setting)
        self._factors = RecordedFactors(Workers(self._setting))
        self.resample(seed)
        self.theta0 = self.initial(seed)

    # Sizes and points.

    @property
    def linear(self) -> bool:
        """Whether r is affine in θ."""
        return all(n.model.linear for n in self._setting.networks) and all(
            p.affine for p in self.drawing.plans.values()
        )

    @property
    def affine_parameters(self) -> Tensor | None:
        """Indices in θ of the last layers; None where r is not affine in them or has no others."""
        if not all(plan.affine for plan in self.drawing.plans.values()):
            return None
        found = []
        for network in self.networks:
            model = network.model
            if not isinstance(model.model if isinstance(model, HardConditions) else model, Layered):
                return None
            part = model.parts["output"]
            found.append(torch.arange(network.offset + part.start, network.offset + part.stop))
        return torch.cat(found).to(self.device) if found else None

    @property
    def networks(self) -> tuple[Network, ...]:
        """The models, with their places in θ."""
        return self._setting.networks

    @property
    def rows(self) -> int:
        """N."""
        return self.blocks[-1].rows.stop if self.blocks else 0

    @property
    def points_by_law(self) -> dict[str, Tensor]:
        """Label to points, shape (n, inputs)."""
        return {block.label: block.points for block in self.blocks}

    def resample(self, seed: int, adaptive: Adaptive | None = None) -> None:
        """Draw fresh points (and directions of estimates) for all laws with rows, in place.

        With ``adaptive`` those of equations, as many as before, are where the residual is large.
        """
        if adaptive is None:
            laws = [law for law in self.problem.laws if law.label not in self.exact_laws]
            self.blocks = self.drawing.blocks(laws, seed)
        else:
            self.blocks = self.drawing.concentrated(self.blocks, seed, adaptive)
        self._seed = seed

    def at_other_points(self, seed: int) -> ResidualSystem:
        """The same models, laws and weights on another draw of as many points."""
        other = copy.copy(self)
        other.resample(seed)
        return other

    def drawn(self, drawing: Drawing) -> ResidualSystem:
        """The same models and laws at points that are drawn in another way."""
        return ResidualSystem(drawing, self._seed, self._hard, self.derivatives)

    def set_weights(self, weights: Mapping[str, float]) -> None:
        """Change weights by label or kind; the others stay."""
        self.drawing.set_weights(weights)
        self.blocks = tuple(
            replace(b, map=b.map.weighted(self.drawing.weight(self.problem.law(b.label))))
            for b in self.blocks
        )

    def initial(self, seed: int, model: GivenModel = None) -> Tensor:
        """Fresh parameters, shape (P,); the same seed, the same numbers on every device.

        Args:
            seed: of the draw.
            model: options to draw with, such as another bandwidth; sizes must be the same.
        """
        networks = self._setting.networks
        if model is not None:
            networks = networks_of(self.problem, groups_of(self.problem), ModelSpec.of(model))
        theta = initial_parameters(networks, seed)
        if len(theta) != self._setting.numbers_at:
            raise ValueError(
                f"model: expected one of {self._setting.numbers_at} parameters, got {len(theta)}"
            )
        raw = torch.tensor([b.raw() for b in self._setting.numbers], dtype=torch.float64)
        return torch.cat((theta, raw)).to(dtype=self.dtype, device=self.device)

    # Residual and Jacobian.

    def residual(self, theta: Tensor) -> Tensor:
        """r(θ), shape (N,)."""
        theta = checked_vector("theta", theta, self.parameters, self._like)
        out = theta.new_empty(self.rows)
        with torch.no_grad():
            for block, start, part in self._parts():
                self._fill(out, block, start, Pass(self._setting, theta).run(block.plan, part))
        return out

    def jacobian(self, theta: Tensor) -> Tensor:
        """J = ∂r/∂θ, shape (N, P)."""
        return self.residual_and_jacobian(theta)[1]

    @torch.inference_mode(False)
    def residual_and_jacobian(self, theta: Tensor) -> tuple[Tensor, Tensor]:
        """r(θ) and J from one evaluation."""
        theta = checked_vector("theta", theta, self.parameters, self._like)
        residual = self._like.new_empty(self.rows)
        assembly = Assembly(self.rows, self.parameters, self._like)
        rest = self._factors.put(self.blocks, self.chunk, theta, residual, assembly)
        for _, part in self.layer_factors(theta, residual, rest):
            for factor in part:
                assembly.add(factor)
        return residual, assembly.done()

    @torch.inference_mode(False)
    def residual_and_sparse_rows(self, theta: Tensor) -> tuple[Tensor, SparseRows] | None:
        """r(θ) and J by its entries, where all models are mostly zero at a point; else None."""
        local = all(getattr(network.model, "local", False) for network in self.networks)
        if not local or not all(block.map.diagonal for block in self.blocks):
            return None
        theta = checked_vector("theta", theta, self.parameters, self._like)
        residual = theta.new_empty(self.rows)
        found: list[Factor | LocalFactor] = []
        for block, start, part in self._parts():
            record = Pass(self._setting, theta, record=True)
            with recording():
                results = record.run(block.plan, part)
            self._fill(residual, block, start, results)
            mapped = block.map.apply(results, start)
            found += all_factors(record.tapes, mapped, block.first_rows(start))
        if any(isinstance(factor, Factor) for factor in found):
            return None
        near = [factor for factor in found if isinstance(factor, LocalFactor)]
        return residual, joined(near, self.rows, self.parameters, theta)

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
        for block, start, part in self._parts(blocks):
            record = Pass(self._setting, theta, record=True)
            with recording():
                results = record.run(block.plan, part)
            self._fill(residual, block, start, results)
            yield block, list(block_factors(block, start, record.tapes, results, theta))

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
            for block, start, part in self._parts():
                results = Pass(self._setting, dual).run(block.plan, part)
                tangents = [forward_ad.unpack_dual(r).tangent for r in results]
                self._fill(out, block, start, [
                    torch.zeros_like(r) if t is None else t
                    for r, t in zip(results, tangents, strict=True)
                ])  # fmt: skip
        return out

    @torch.inference_mode(False)
    def vjp(self, theta: Tensor, w: Tensor) -> Tensor:
        """Jᵀ w, shape (P,), by reverse differentiation."""
        theta = checked_vector("theta", theta, self.parameters, self._like)
        w = checked_vector("w", w, self.rows, self._like)
        return row_product(self._setting, self._parts(), theta, w)

    def loss(self, theta: Tensor) -> Tensor:
        """‖r(θ)‖², a scalar tensor."""
        return self.residual(theta).square().sum()

    @torch.inference_mode(False)
    def loss_and_grad(self, theta: Tensor) -> tuple[Tensor, Tensor]:
        """‖r‖² and its gradient 2 Jᵀ r, chunk by chunk."""
        theta = checked_vector("theta", theta, self.parameters, self._like)
        loss, grad = theta.new_zeros(()), torch.zeros_like(theta)
        for _, part, slope in self._loss_gradients(theta):
            loss += part
            grad += slope
        return loss, grad

    @torch.inference_mode(False)
    def gradients_by_law(self, theta: Tensor) -> dict[str, Tensor]:
        """The part of each law in the gradient of the loss: label to w ∇ mean r², shape (P,)."""
        theta = checked_vector("theta", theta, self.parameters, self._like)
        out = {block.label: torch.zeros_like(theta) for block in self.blocks}
        for block, _, slope in self._loss_gradients(theta):
            out[block.label] += slope
        return out

    @torch.inference_mode(False)
    def hvp(self, theta: Tensor, v: Tensor) -> Tensor:
        """The Hessian of the loss ‖r‖² times v, shape (P,), without forming it."""
        theta = checked_vector("theta", theta, self.parameters, self._like)
        v = checked_vector("v", v, self.parameters, self._like)
        return hessian_product(self._setting, self._parts(), theta, v)

    def losses(self, thetas: Tensor) -> Tensor:
        """The loss of several parameter vectors, shape (k, P) to (k,)."""
        if thetas.ndim != 2:
            raise ValueError(f"thetas: expected shape (k, {self.parameters}), got {said(thetas)}")
        return torch.stack([self.loss(theta) for theta in thetas])

    def losses_by_law(self, theta: Tensor) -> dict[str, float]:
        """Root mean square of the residual of each law that has rows, without weight."""
        residual = self.residual(theta)
        weightless = {}
        for block in self.blocks:
            if block.weight > 0:
                part = residual[block.rows].square().sum() / block.weight
                weightless[block.label] = float(part.sqrt())
            else:
                weightless[block.label] = float(self._rms(block, theta))
        return weightless

    def exact_losses(self, theta: Tensor) -> dict[str, float]:
        """Root mean square of the residual of each law that holds exactly: rounding."""
        theta = checked_vector("theta", theta, self.parameters, self._like)
        laws = [self.problem.law(name) for name in self.exact_laws]
        blocks = self.drawing.blocks(laws, self._seed)
        return {block.label: float(self._rms(block, theta)) for block in blocks}

    def _rms(self, block: Block, theta: Tensor) -> Tensor:
        with torch.no_grad():
            results = Pass(self._setting, theta.detach()).run(block.plan, block.data)
        return torch.cat(block.map.weighted(1.0).apply(results)).norm()

    def estimator_report(self, theta: Tensor) -> dict[str, dict[str, Any]]:
        """By label how far estimated Laplacians are from exact; see `estimator_report`."""
        theta = checked_vector("theta", theta, self.parameters, self._like)
        return estimator_report(self.blocks, self._setting, self.derivatives, theta)

    # The generated source.

    def pieces(self) -> dict[str, str]:
        """Label to the source of its residual."""
        return {block.label: "\n".join(block.plan.texts) for block in self.blocks}

    def code(self) -> str:
        """The source of all residuals."""
        return "\n\n".join(f"# {label}\n{text}" for label, text in self.pieces().items())

    # Inner workings.

    def _loss_gradients(self, theta: Tensor) -> list[tuple[Block, Tensor, Tensor]]:
        """Parts of the loss and of its gradient, each with its block."""
        workers, blocks = self._workers, self.blocks
        return recorded_loss_gradients(workers, blocks, self.chunk, self._parts, theta)

    def _parts(self, blocks: Sequence[Block] | None = None) -> Parts:
        """Chunks of points of all blocks or some: block, first point, rows."""
        chosen = self.blocks if blocks is None else blocks
        return chunks_of(chosen, self.chunk, self._setting, self._like)

    def _fill(self, out: Tensor, block: Block, start: int, results: list[Tensor]) -> None:
        mapped = block.map.apply([result.detach() for result in results], start)
        for values, row in zip(mapped, block.first_rows(start), strict=True):
            out[row : row + len(values)] = values
