"""The residual system: a problem, a model and points as the vector function r(θ)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad

from pdedsl.diagnostics import UserError
from pdedsl.geometry import KINDS
from pdedsl.ir import Global, Law, Problem
from pdedsl.models import GivenModel, ModelSpec
from pdedsl.models.differentiation import recording

from .adaptive import Adaptive, concentrated
from .blocks import Block, sample_block
from .chunks import even, points_at_once
from .derivative_options import DerivativeOptions
from .estimator_report import estimator_report
from .estimators import estimated
from .evaluator import Evaluator
from .gradients import gradient, hessian_product, loss_gradients
from .groups import groups_of, initial_parameters, networks_of
from .hard_conditions import Hardened, harden
from .jacobian import Assembly, Factor, factors
from .normal_matrices import gram_of, kernel_of
from .options import check_points, check_weights, checked_dtype, checked_vector, said
from .plan import Plan
from .points import default_count
from .program import Pass, Rows, Setting, setting_of
from .support import plan_laws, structure


def build(
    problem: Problem,
    model: GivenModel = None,
    points: Mapping[str, int] | None = None,
    sampling: str = "sobol",
    weights: Mapping[str, float] | None = None,
    dtype: str | torch.dtype = "float64",
    device: str | torch.device = "cpu",
    seed: int = 0,
    derivatives: DerivativeOptions | Mapping[str, Any] | None = None,
) -> ResidualSystem:
    """Compile a problem.

    Args:
        problem: as made by sema.
        model: kind and options of the networks, see `models.registry`, or a module of torch,
            see `models.module`.
        points: number of points of a law, by its label, or by kind (``eq``, ``bc``, ``ic``,
            ``fit``) for each law of that kind; laws without either take a default that depends
            on the dimension, and so do laws between integrals alone where that is fewer than
            the number for their kind. The faces of a law share its points.
        sampling: ``sobol``, ``lhs``, ``uniform``, ``grid``, or ``gauss``: the nodes of a tensor
            quadrature, whose weights scale the rows (see `points`).
        weights: w by label or kind; 1 for the others.
        dtype: ``float64`` or ``float32``.
        device: where the tensors live.
        seed: of the points and of the first parameters.
        derivatives: how they are taken; see `DerivativeOptions`.

    Raises:
        UserError: the problem cannot be solved yet (E901), a place is empty (E407), or a column
            cannot be used (E605).
        ValueError: an option is wrong; the message says what was expected and what came.
    """
    reasons = structure(problem)
    plans: dict[str, Plan] = {}
    if not reasons:
        plans, reasons = plan_laws(problem)
    if reasons:
        raise UserError(reasons, problem.source)
    if sampling not in KINDS:
        raise ValueError(f"sampling: expected one of {', '.join(KINDS)}, got {sampling!r}")
    points, weights = dict(points or {}), dict(weights or {})
    check_points(problem, points)
    check_weights(problem, weights)
    like = torch.empty(0, dtype=checked_dtype(dtype), device=torch.device(device))
    spec = ModelSpec.of(model)
    networks = networks_of(problem, groups_of(problem), spec)
    hard = harden(problem, networks, plans) if spec.options.get("hard") else Hardened(networks)
    how = DerivativeOptions.of(derivatives)
    setting = setting_of(problem, hard.networks, plans, how.compile)
    plans = {label: estimated(made, how, hard.networks) for label, made in plans.items()}
    return ResidualSystem(problem, setting, plans, points, sampling, weights, like, seed, hard, how)


class ResidualSystem(Evaluator):
    """r(θ), its Jacobian J, and what follows from them; made by `build`.

    The rows of block b are scaled by √(w_b/N_b), so that loss(θ) = ‖r(θ)‖² = Σ_b w_b mean r_b²
    (for the sampling ``gauss``, the mean by quadrature).
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
        chunk: number of points that are evaluated at once; None for what fits the cache.
    """

    def __init__(
        self,
        problem: Problem,
        setting: Setting,
        plans: dict[str, Plan],
        points: dict[str, int],
        sampling: str,
        weights: dict[str, float],
        like: Tensor,
        seed: int,
        hard: Hardened,
        derivatives: DerivativeOptions,
    ) -> None:
        super().__init__(problem, setting, like)
        self.sampling, self.derivatives = sampling, derivatives
        self._plans, self._points, self._weights = plans, points, weights
        self.exact_laws, self.soft_laws = hard.exact, dict(hard.soft)
        self.blocks: tuple[Block, ...] = ()
        self.resample(seed)
        self.theta0 = self.initial(seed)

    # Sizes and points.

    @property
    def linear(self) -> bool:
        """Whether r is affine in θ."""
        return all(n.model.linear for n in self._setting.networks) and all(
            p.affine for p in self._plans.values()
        )

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
        before = {block.label: len(block.data) for block in self.blocks}
        blocks: list[Block] = []
        row = 0
        for law in (law for law in self.problem.laws if law.label not in self.exact_laws):
            if adaptive is None or law.kind != "eq":
                block = self._block(law, row, seed)
            else:
                pool = self._block(law, row, seed, adaptive.candidates * before[law.label])
                block = concentrated(pool, before[law.label], adaptive, self._setting, seed)
            blocks.append(block)
            row = block.rows.stop
        self.blocks, self._seed = tuple(blocks), seed

    def _block(self, law: Law, row: int, seed: int, count: int | None = None) -> Block:
        return sample_block(
            self.problem, law, self._plans[law.label], self._setting,
            count=count or self._count(law), kind=self.sampling, seed=seed,
            weight=self._option(self._weights, law, 1.0), row=row, like=self._like,
        )  # fmt: skip

    def _count(self, law: Law) -> int | None:
        """Number of points that is asked for; None for the default."""
        count: int | None = self._option(self._points, law)
        if count is not None and isinstance(law.place, Global) and law.label not in self._points:
            # Each point costs a quadrature, and a law between integrals varies in time alone.
            return min(count, default_count(self.problem, law))
        return count

    @staticmethod
    def _option(values: Mapping[str, Any], law: Law, default: Any = None) -> Any:
        return values.get(law.label, values.get(law.kind, default))

    def set_weights(self, weights: Mapping[str, float]) -> None:
        """Change weights by label or kind; the others stay."""
        check_weights(self.problem, weights)
        for law in self.problem.laws:
            new = self._option(weights, law)
            if new is not None:
                self._weights[law.label] = float(new)
        self.blocks = tuple(
            replace(b, weight=self._option(self._weights, self.problem.law(b.label), 1.0))
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
        residual = self._like.new_empty(self.rows)
        assembly = Assembly(self.rows, self.parameters, self._like)
        for _, part in self.layer_factors(theta, residual):
            for factor in part:
                assembly.add(factor)
        return residual, assembly.done()

    def layer_factors(
        self, theta: Tensor, residual: Tensor
    ) -> Iterator[tuple[Block, list[Factor]]]:
        """The factors of J by layers, chunk by chunk, each with its law.

        Args:
            theta: shape (P,).
            residual: shape (N,); the rows of a chunk are filled in before its factors come.
        """
        theta = checked_vector("theta", theta, self.parameters, self._like)
        for block, start, part in self._parts():
            record = Pass(self._setting, theta, record=True)
            with recording():
                results = record.run(block.plan, part)
            self._fill(residual, block, start, results)
            rows = self._starts(block, start)
            yield block, list(factors(record.tapes, results, rows, block.scale))

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
        out = torch.zeros_like(theta)
        for block, start, part in self._parts():
            leaf = theta.detach().requires_grad_()
            results = Pass(self._setting, leaf).run(block.plan, part)
            total = sum(
                (r * w[row : row + len(part)]).sum()
                for r, row in zip(results, self._starts(block, start), strict=True)
            )
            out += gradient(block.scale * total, leaf)
        return out

    def loss(self, theta: Tensor) -> Tensor:
        """‖r(θ)‖², a scalar tensor."""
        return self.residual(theta).square().sum()

    @torch.inference_mode(False)
    def loss_and_grad(self, theta: Tensor) -> tuple[Tensor, Tensor]:
        """‖r‖² and its gradient 2 Jᵀ r, chunk by chunk."""
        theta = checked_vector("theta", theta, self.parameters, self._like)
        loss, grad = theta.new_zeros(()), torch.zeros_like(theta)
        for _, part, slope in loss_gradients(self._setting, self._parts(), theta):
            loss += part
            grad += slope
        return loss, grad

    @torch.inference_mode(False)
    def gradients_by_law(self, theta: Tensor) -> dict[str, Tensor]:
        """The part of each law in the gradient of the loss: label to w ∇ mean r², shape (P,)."""
        theta = checked_vector("theta", theta, self.parameters, self._like)
        out = {block.label: torch.zeros_like(theta) for block in self.blocks}
        for block, _, slope in loss_gradients(self._setting, self._parts(), theta):
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
        blocks = [self._block(self.problem.law(name), 0, self._seed) for name in self.exact_laws]
        return {block.label: float(self._rms(block, theta)) for block in blocks}

    def _rms(self, block: Block, theta: Tensor) -> Tensor:
        with torch.no_grad():
            results = Pass(self._setting, theta.detach()).run(block.plan, block.data)
        return torch.stack(results).square().mean().sqrt()

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

    def _parts(self) -> Iterator[tuple[Block, int, Rows]]:
        """Chunks of points: block, first point, rows."""
        for block in self.blocks:
            most = self.chunk or points_at_once(block.plan, self._setting, self._like)
            step = even(len(block.data), most)
            for start in range(0, len(block.data), step):
                yield block, start, block.data.part(start, start + step)

    def _starts(self, block: Block, start: int) -> list[int]:
        """Row of the first point of a chunk, for each component."""
        n = len(block.data)
        return [block.rows.start + k * n + start for k in range(len(block.names))]

    def _fill(self, out: Tensor, block: Block, start: int, results: list[Tensor]) -> None:
        for result, row in zip(results, self._starts(block, start), strict=True):
            out[row : row + len(result)] = block.scale * result.detach()
