"""The residual system: a problem, a model and points as the vector function r(θ)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from pdedsl.compiler.evaluation.checks import check_point_weights, checked_vector
from pdedsl.compiler.exact_conditions.hard_conditions import ExactConditions
from pdedsl.compiler.lowering.derivative_options import DerivativeOptions
from pdedsl.compiler.lowering.groups import initial_parameters, networks_of
from pdedsl.compiler.points.counts import default_count
from pdedsl.ir import Interior
from pdedsl.models import GivenModel, model_options
from pdedsl.models.networks.hard import HardConditions
from pdedsl.models.networks.layered import Layered

from .adaptive import Adaptive
from .block import Block
from .laplacian_report import estimator_report
from .residual_function import ResidualFunction
from .sampler import Sampler


class ResidualSystem(ResidualFunction):
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
        sampler: how their points are drawn.
        chunk: number of points that are evaluated at once; None for what fits the cache.
        recipe: a function and its arguments that make the system anew, for pickle and copy, with
            its first points; None where it was made by `build` alone.
    """

    recipe: tuple[Callable[..., ResidualSystem], tuple[Any, ...]] | None = None

    def __init__(
        self, sampler: Sampler, seed: int, hard: ExactConditions, derivatives: DerivativeOptions
    ) -> None:
        super().__init__(sampler.problem, sampler.ansatz, sampler.like)
        self.sampling, self.derivatives = sampler.kind, derivatives
        self.sampler = sampler
        self._hard = hard
        self._weights, self._adapted = sampler.weights, False
        self.exact_laws, self.soft_laws = hard.exact, dict(hard.soft)
        self.resample(seed)
        self.theta0 = self.initial(seed)

    def __repr__(self) -> str:
        laws = ", ".join(block.label for block in self.blocks)
        return f"<ResidualSystem of {self.problem.title!r}: {self.parameters} parameters; {laws}>"

    def __reduce__(self) -> tuple[Any, ...]:
        if self.recipe is None:
            raise TypeError("this system cannot be copied; make it anew with pdedsl.compile")
        return self.recipe

    @property
    def blocks(self) -> tuple[Block, ...]:
        """One for each law that does not hold exactly, in order, with its current weight."""
        if self._weights is not self.sampler.weights:
            weight, law = self.sampler.weight, self.problem.law
            self._blocks = tuple(b.with_weight(weight(law(b.label))) for b in self._blocks)
            self._weights = self.sampler.weights
        return self._blocks

    @property
    def weights(self) -> dict[str, float]:
        """Label to the current weight, of the laws that have rows."""
        return {block.label: block.weight for block in self.blocks}

    @property
    def equations(self) -> tuple[str, ...]:
        """Labels of the laws with rows at the points of a domain; the others are conditions."""
        law = self.problem.law
        inside = [b.label for b in self.blocks if b.kind == "eq"]
        return tuple(label for label in inside if isinstance(law(label).place, Interior))

    @property
    def linear(self) -> bool:
        """Whether r is affine in θ."""
        return all(network.model.linear for network in self.networks) and self._affine_in_fields

    @property
    def affine_parameters(self) -> Tensor | None:
        """Indices in θ of the last layers; None where r is not affine in them or has no others."""
        places = self.last_layers if self._affine_in_fields else ()
        found = [torch.arange(place.start, place.stop) for place in places]
        return torch.cat(found).to(self.device) if found else None

    @property
    def last_layers(self) -> tuple[slice, ...]:
        """Places in θ that each network is affine in; empty where one has no layers."""
        found = []
        for network in self.networks:
            model = network.model
            inner = model.model if isinstance(model, HardConditions) else model
            if not isinstance(inner, Layered):
                return ()
            part = inner.affine
            found.append(slice(network.offset + part.start, network.offset + part.stop))
        return tuple(found)

    @property
    def _affine_in_fields(self) -> bool:
        return all(plan.affine for plan in self.sampler.plans.values())

    @property
    def seed(self) -> int:
        """Of the draw of the points."""
        return self._seed

    @property
    def times(self) -> dict[str, Tensor]:
        """Label to the time of every point, shape (n,), of equations at points."""
        if (time := self.problem.time) is None:
            return {}
        column = self.problem.inputs.index(time.symbol)
        equations = (block for block in self.blocks if block.kind == "eq" and block.map.diagonal)
        return {block.label: block.points[:, column] for block in equations}

    @property
    def points_by_law(self) -> dict[str, Tensor]:
        """Label to points, shape (n, inputs)."""
        return {block.label: block.points for block in self.blocks}

    def resample(self, seed: int, adaptive: Adaptive | None = None) -> None:
        """Draw fresh points (and directions of estimates) for all laws with rows, in place.

        With ``adaptive`` those of equations are where the residual is large; they may be added to
        those before, which then stay.
        No point has a weight of its own then.
        """
        if adaptive is None:
            laws = [law for law in self.problem.laws if law.label not in self.exact_laws]
            self._blocks = self.sampler.blocks(laws, seed)
        else:
            before = tuple(block.with_point_weights(None) for block in self._blocks)
            self._blocks = self.sampler.adapted_blocks(before, seed, adaptive)
        self._weights = self.sampler.weights
        self._seed, self._adapted = seed, adaptive is not None

    def state(self) -> dict[str, Any]:
        """What training may have changed: the draw of the points, weights, and what is known."""
        latest = self._latest
        known = latest is not None and latest.belongs_to(latest.theta, self.blocks)
        return {
            "seed": self._seed,
            "weights": dict(self.sampler.weights),
            "points": {b.label: b.data.tensors for b in self._blocks} if self._adapted else None,
            "masks": {b.label: b.map.mask for b in self.blocks},
            "latest": latest.theta if latest is not None and known else None,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over a `state` of a system that was made alike, but for what `recall` does."""
        self.sampler.weights = dict(state["weights"])
        self.resample(state["seed"])
        blocks: list[Block] = []
        for block in self._blocks:
            if state["points"] is not None:
                row = blocks[-1].rows.stop if blocks else 0
                data = block.data.with_tensors(state["points"][block.label])
                block = block.moved(row).with_data(data)
            mask = state["masks"][block.label]
            blocks.append(replace(block, map=replace(block.map, mask=mask)))
        self._blocks, self._adapted = tuple(blocks), state["points"] is not None

    def recall(self, theta: Tensor | None) -> None:
        """Know of the last gradient what was known before, that of a state or nothing."""
        self._latest = None
        if theta is not None:
            self.loss_and_grad(theta)

    def at_other_points(self, seed: int) -> ResidualSystem:
        """The same models and laws at as many points of another draw.

        The weights are those of this system, also after a change of them in either.
        """
        # All but the points is in common; the weights are those of the sampler, see `blocks`.
        other = type(self).__new__(type(self))
        vars(other).update(vars(self))
        other.resample(seed)
        return other

    def at_fresh_points(self, seed: int, most: int) -> tuple[Block, ...]:
        """The laws with rows at points that no rule has chosen, at most so many of each.

        Whatever the points of the training are (a grid, the nodes of a quadrature, integrals
        against test functions), these are drawn alike everywhere, with a residual at each.
        """
        laws = [law for law in self.problem.laws if law.label not in self.exact_laws]
        counts = {law.label: min(most, default_count(self.problem, law)) for law in laws}
        return self.sampler.drawn(counts).blocks(laws, seed)

    def with_sampler(self, sampler: Sampler) -> ResidualSystem:
        """The same models and laws at points that are drawn in another way."""
        return ResidualSystem(sampler, self._seed, self._hard, self.derivatives)

    def set_weights(self, weights: Mapping[str, float]) -> None:
        """Change weights by label or kind; the others stay."""
        self.sampler.set_weights(weights)

    def set_point_weights(self, weights: Mapping[str, Tensor]) -> None:
        """Give points weights in the loss, in addition to those of laws and of a quadrature.

        Args:
            weights: label to the weight of every point, shape (n,), or of every row of a law that
                is imposed by integrals, shape (N,). The points of other laws have none any more.

        Raises:
            ValueError: no such law has rows, the shape is another, or a weight is negative or not
                finite.
        """
        check_point_weights({b.label: b.map.weighted for b in self.blocks}, weights)
        own = {label: given.detach().to(self._like) for label, given in weights.items()}
        self._blocks = tuple(b.with_point_weights(own.get(b.label)) for b in self.blocks)

    def point_losses(self, theta: Tensor) -> dict[str, Tensor]:
        """The part of every point, or of every row of a matrix, in the loss.

        Returns:
            Label to the parts, shape (n,) or (N,): all add up to the loss without weights of
            points, and to the loss where each is multiplied by its weight. They cost next to
            nothing at the state whose gradient was asked for last.
        """
        theta = checked_vector("theta", theta, self.parameters, self._like)
        latest, blocks = self._latest, [b.with_point_weights(None) for b in self.blocks]
        known = latest.squares if latest and latest.belongs_to(theta, self.blocks) else {}
        out = {
            b.label: b.map.entries(0, len(b.data), theta).square() * known[b.label]
            for b in blocks
            if b.label in known
        }
        rest = [b for b in blocks if b.label not in known]
        squares = self._residual_of(rest, theta).square()
        out |= {b.label: squares[b.rows].view(-1, b.map.weighted).sum(0) for b in rest}
        return {b.label: out[b.label] for b in blocks}

    def initial(self, seed: int, model: GivenModel = None) -> Tensor:
        """Fresh parameters, shape (P,); the same seed, the same numbers on every device.

        Args:
            seed: of the draw.
            model: options to draw with, such as another bandwidth; sizes must be the same.
        """
        networks = self.ansatz.networks
        if model is not None:
            networks = networks_of(self.problem, self.sampler.lowered.groups, model_options(model))
        theta = initial_parameters(networks, seed)
        if len(theta) != self.ansatz.numbers_at:
            raise ValueError(
                f"model: expected one of {self.ansatz.numbers_at} parameters, got {len(theta)}"
            )
        raw = torch.tensor([b.raw() for b in self.ansatz.numbers], dtype=torch.float64)
        return torch.cat((theta, raw)).to(dtype=self.dtype, device=self.device)

    def exact_losses(self, theta: Tensor) -> dict[str, float]:
        """Root mean square of the residual of each law that holds exactly: rounding."""
        laws = [self.problem.law(name) for name in self.exact_laws]
        return self._root_mean_squares(self.sampler.blocks(laws, self._seed), theta)

    def estimator_report(self, theta: Tensor) -> dict[str, dict[str, Any]]:
        """By label how far estimated Laplacians are from exact; see `estimator_report`."""
        theta = checked_vector("theta", theta, self.parameters, self._like)
        return estimator_report(self.blocks, self.ansatz, self.derivatives, theta)

    # The generated source.

    def pieces(self) -> dict[str, str]:
        """Label to the source of its residual."""
        return {block.label: "\n".join(block.plan.texts) for block in self.blocks}

    def code(self) -> str:
        """The source of all residuals."""
        return "\n\n".join(f"# {label}\n{text}" for label, text in self.pieces().items())
