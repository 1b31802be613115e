"""The solution as a function: fields, derivatives and numbers for given parameters."""

from __future__ import annotations

import sympy as sp
import torch
from torch import Tensor

from pdedsl.ir import Problem

from .items import Column, Normal
from .options import checked_points, checked_vector
from .plan import Plan, plan
from .program import Pass, Rows, Setting


class Evaluator:
    """Evaluates expressions of the fields for a flat parameter vector θ of shape (P,).

    Args:
        problem: the problem.
        setting: models and unknown numbers.
        like: a tensor of the precision, on the device.
    """

    def __init__(self, problem: Problem, setting: Setting, like: Tensor) -> None:
        self.problem = problem
        self.chunk = 4096
        self.dtype, self.device = like.dtype, like.device
        self._setting, self._like = setting, like
        self._expressions: dict[sp.Expr, Plan] = {}

    @property
    def parameters(self) -> int:
        """P."""
        return self._setting.size

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
        raw = theta[self._setting.numbers_at :]
        return {b.name: float(b.value(s)) for b, s in zip(self._setting.numbers, raw, strict=True)}

    def residual_at(self, theta: Tensor, label: str, points: Tensor) -> Tensor:
        """Unscaled residual of a law inside a domain at other points: (components, n)."""
        law = self.problem.law(label)
        return torch.stack(self._evaluate(theta, law.residuals, points))

    def _evaluate(
        self, theta: Tensor, expressions: tuple[sp.Expr, ...], points: Tensor
    ) -> list[Tensor]:
        theta = checked_vector("theta", theta, self.parameters, self._like)
        points = checked_points(points, len(self._setting.inputs), self._like)
        key = sp.Tuple(*expressions)
        if key not in self._expressions:
            groups = tuple(network.group for network in self._setting.networks)
            done = [self.problem.substitute(e) for e in expressions]
            made = plan(self.problem, groups, "value", done)
            local = [name for name, item in made.inputs if isinstance(item, Normal | Column)]
            if local:
                raise ValueError(f"{', '.join(local)} has a value only where its law holds")
            self._expressions[key] = made
        parts = []
        with torch.no_grad():
            for chunk in points.split(self.chunk):
                rows = Rows(chunk, None, {})
                parts.append(Pass(self._setting, theta).run(self._expressions[key], rows))
        if not parts:
            return [points.new_empty(0) for _ in expressions]
        return [torch.cat(column) for column in zip(*parts, strict=True)]
