"""How the points of a system's laws are drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from torch import Tensor

from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.compiler.lowering.plan import Plan
from pdedsl.compiler.points.place_points import Lines, default_count
from pdedsl.compiler.residual.options import check_weights
from pdedsl.compiler.residual.program import Setting
from pdedsl.ir import Global, Law, Problem

from .adaptive import Adaptive, concentrated
from .blocks import Block, integral_block, sample_block
from .law_integrals import LawIntegrals

Targets = Callable[[Block], tuple[Tensor, ...]]


@dataclass
class Drawing:
    """Points and weights of the laws of a problem.

    Args:
        lowered: the problem.
        setting: its models.
        plans: label to what a law's residual needs, with sums that are estimated.
        points: number of points by label or kind.
        kind: see `points`.
        weights: w by label or kind; 1 for the others.
        like: a tensor of the precision, on the device.
        lines: for the kind ``gauss``, the rule of each input, by kind of law.
        integrals: of the laws that are imposed by integrals, by label.
        targets: what the residuals of a law are compared with, such as those of another state
            at the same points; none where it returns nothing.
    """

    lowered: LoweredProblem
    setting: Setting
    plans: Mapping[str, Plan]
    points: Mapping[str, int]
    kind: str
    weights: dict[str, float]
    like: Tensor
    lines: Mapping[str, Lines] | None = None
    integrals: Mapping[str, LawIntegrals] = field(default_factory=dict, repr=False)
    targets: Targets | None = field(default=None, repr=False)

    @property
    def problem(self) -> Problem:
        """The problem."""
        return self.lowered.problem

    def blocks(self, laws: list[Law], seed: int) -> tuple[Block, ...]:
        """Fresh points for some laws, their rows one after another."""
        out: list[Block] = []
        for law in laws:
            out.append(self.block(law, out[-1].rows.stop if out else 0, seed))
        return tuple(out)

    def concentrated(
        self, before: tuple[Block, ...], seed: int, adaptive: Adaptive
    ) -> tuple[Block, ...]:
        """Fresh points for the laws of blocks; equations where the residual is large."""
        out: list[Block] = []
        for old in before:
            law, count = self.problem.law(old.label), len(old.data)
            row = out[-1].rows.stop if out else 0
            if law.kind == "eq" and old.map.diagonal:
                pool = self.block(law, row, seed, adaptive.candidates * count)
                out.append(concentrated(pool, count, adaptive, self.setting, seed))
            else:
                out.append(self.block(law, row, seed))
        return tuple(out)

    def block(self, law: Law, row: int, seed: int, count: int | None = None) -> Block:
        """The points of a law; its rows start at ``row``."""
        if law.label in self.integrals:
            return integral_block(
                self.problem, law, self.plans[law.label], self.setting,
                integrals=self.integrals[law.label], seed=seed, weight=self.weight(law), row=row,
                like=self.like,
            )  # fmt: skip
        made = sample_block(
            self.problem, law, self.plans[law.label], self.setting,
            count=count or self._count(law), kind=self.kind, seed=seed,
            weight=self.weight(law), row=row, like=self.like,
            lines=None if self.lines is None else self.lines[law.kind],
        )  # fmt: skip
        if self.targets is None:
            return made
        return replace(made, data=replace(made.data, targets=self.targets(made)))

    def weight(self, law: Law) -> float:
        """The weight w of a law."""
        return float(_option(self.weights, law, 1.0))

    def set_weights(self, weights: Mapping[str, float]) -> None:
        """Change weights by label or kind; the others stay."""
        check_weights(self.problem, weights)
        for law in self.problem.laws:
            new = _option(weights, law)
            if new is not None:
                self.weights[law.label] = float(new)

    def _count(self, law: Law) -> int | None:
        """Number of points that is asked for; None for the default."""
        count: int | None = _option(self.points, law)
        if count is not None and isinstance(law.place, Global) and law.label not in self.points:
            # Each point costs a quadrature, and a law between integrals varies in time alone.
            return min(count, default_count(self.problem, law))
        return count


def _option(values: Mapping[str, Any], law: Law, default: Any = None) -> Any:
    return values.get(law.label, values.get(law.kind, default))
