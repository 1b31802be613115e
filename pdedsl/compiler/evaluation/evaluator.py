"""The solution as a function: fields, derivatives and numbers for given parameters."""

from __future__ import annotations

import sympy as sp
import torch
from torch import Tensor

from pdedsl.compiler.lowering.groups import parts_of
from pdedsl.compiler.lowering.plan import Column, Normal, Plan
from pdedsl.compiler.lowering.planner import plan
from pdedsl.ir import Problem
from pdedsl.linalg.layers import LinearLayer
from pdedsl.models import Tape, jet_table

from .ansatz import Ansatz
from .checks import checked_points, checked_vector
from .chunk_sizes import points_at_once
from .evaluation import evaluate, evaluate_with_tapes
from .jacobian import Assembly, factors
from .point_batch import PointBatch


class Evaluator:
    """Evaluates expressions of the fields for a flat parameter vector θ of shape (P,).

    Args:
        problem: the problem.
        ansatz: models and unknown numbers.
        like: a tensor of the precision, on the device.
    """

    def __init__(self, problem: Problem, ansatz: Ansatz, like: Tensor) -> None:
        self.problem = problem
        self.chunk: int | None = None
        self.dtype, self.device = like.dtype, like.device
        self.ansatz, self._like = ansatz, like
        self._expressions: dict[sp.Expr, Plan] = {}

    @property
    def parameters(self) -> int:
        """P."""
        return self.ansatz.size

    @property
    def parts(self) -> dict[str, slice]:
        """Places in θ by name: ``layer 1``, …, ``output``, ``numbers``; see `groups.parts_of`."""
        ansatz = self.ansatz
        return parts_of(self.problem, ansatz.networks, len(ansatz.numbers))

    @property
    def layers(self) -> tuple[LinearLayer, ...]:
        """The linear maps inside the networks, in the order of θ."""
        theta = self._like.new_zeros(self.parameters)
        found: dict[int, LinearLayer] = {}
        for network in self.ansatz.networks:
            inputs = len(network.group.arguments)
            tape, point = Tape(theta, network.offset), theta.new_zeros(1, inputs)
            network.model.jet(tape, point, jet_table(inputs, frozenset()))
            for tap in tape.taps:
                out, width = tap.outputs.shape[-1], tap.inputs.shape[-1]
                # With factors of its rows, V has another δ than b, which is no column of it then.
                bias = tap.bias if tap.scale is None else None
                found[tap.weight] = LinearLayer(tap.weight, bias, out, width)
        return tuple(found[place] for place in sorted(found))

    def fields(self, theta: Tensor, points: Tensor) -> dict[str, Tensor]:
        """All components at points of shape (n, inputs): name to (n,)."""
        components = self.problem.components
        values = self._evaluate(theta, components, points)
        return {c.func.__name__: v for c, v in zip(components, values, strict=True)}

    def derivative(self, theta: Tensor, expression: sp.Expr, points: Tensor) -> Tensor:
        """Any expression of fields, derivatives and inputs at points (n, inputs): (n,)."""
        return self._evaluate(theta, (expression,), points)[0]

    def numbers(self, theta: Tensor) -> dict[str, float]:
        """The unknown numbers, by name."""
        theta = checked_vector("theta", theta, self.parameters, self._like)
        raw = theta[self.ansatz.numbers_at :]
        return {b.name: float(b.value(s)) for b, s in zip(self.ansatz.numbers, raw, strict=True)}

    def residual_at(self, theta: Tensor, label: str, points: Tensor) -> Tensor:
        """Unscaled residual of a law inside a domain at other points: (components, n)."""
        law = self.problem.law(label)
        return torch.stack(self._evaluate(theta, law.residuals, points))

    def field_jacobian(self, theta: Tensor, points: Tensor) -> Tensor:
        """∂u_c(x_i)/∂θ_p of all components at points (n, inputs): (components, n, P)."""
        return self.jacobian_at(theta, self.problem.components, points)

    def residual_jacobian_at(self, theta: Tensor, label: str, points: Tensor) -> Tensor:
        """Derivative of `residual_at` in θ, unscaled: (components, n, P)."""
        return self.jacobian_at(theta, self.problem.law(label).residuals, points)

    @torch.inference_mode(False)
    def jacobian_at(
        self, theta: Tensor, expressions: tuple[sp.Expr, ...], points: Tensor
    ) -> Tensor:
        """Derivatives in θ of expressions as `derivative` takes them: (expressions, n, P)."""
        theta = checked_vector("theta", theta, self.parameters, self._like)
        points = checked_points(points, len(self.ansatz.inputs), self._like)
        made, n = self._planned(expressions), len(points)
        assembly = Assembly(n * len(expressions), self.parameters, theta)
        step = self.chunk or points_at_once(made, self.ansatz, self._like)
        for start in range(0, n, step):
            batch = PointBatch(points[start : start + step])
            results, tapes = evaluate_with_tapes(self.ansatz, theta, made, batch)
            rows = [k * n + start for k in range(len(expressions))]
            for factor in factors(tapes, results, rows):
                assembly.add(factor)
        return assembly.done().view(len(expressions), n, self.parameters)

    def _evaluate(
        self, theta: Tensor, expressions: tuple[sp.Expr, ...], points: Tensor
    ) -> list[Tensor]:
        theta = checked_vector("theta", theta, self.parameters, self._like)
        points = checked_points(points, len(self.ansatz.inputs), self._like)
        made = self._planned(expressions)
        most = self.chunk or points_at_once(made, self.ansatz, self._like, values_alone=True)
        with torch.no_grad():
            parts = [
                evaluate(self.ansatz, theta, made, PointBatch(part)) for part in points.split(most)
            ]
        return [torch.cat(column) for column in zip(*parts, strict=True)]

    def _planned(self, expressions: tuple[sp.Expr, ...]) -> Plan:
        key = sp.Tuple(*expressions)
        if key not in self._expressions:
            groups = tuple(network.group for network in self.ansatz.networks)
            done = [self.problem.substitute(e) for e in expressions]
            made = plan(self.problem, groups, "value", done)
            local = [name for name, item in made.inputs if isinstance(item, Normal | Column)]
            if local:
                raise ValueError(f"{', '.join(local)} has a value only where its law holds")
            self._expressions[key] = made
        return self._expressions[key]
