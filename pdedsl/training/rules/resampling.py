"""Fresh points after each so many iterations."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from torch import Tensor

from pdedsl.compiler.residual.adaptive import Adaptive as DrawnByResidual
from pdedsl.optimizers.protocol import Step
from pdedsl.options.section import Count, NonNegative, OneOf, Section

from .rule import NewPoints, Rule

_LONG = 10  # iterations between two draws from which the losses of both are reported; a choice


class AdaptiveOptions(Section):
    """Points drawn where the residual is large; see `pdedsl.compiler.residual.adaptive`.

    Args:
        power: k in the probability |r|^k / mean |r|^k + c of a candidate.
        uniform: c.
        candidates: candidates for each point that is drawn.
    """

    kind: str
    power: NonNegative = 1.0
    uniform: NonNegative = 1.0
    candidates: Count = 10


class Rad(AdaptiveOptions):
    """Points in place of those before; see `AdaptiveOptions`."""

    kind: Literal["rad"] = "rad"


class RarD(AdaptiveOptions):
    """Points added to those before; see `AdaptiveOptions`.

    Args:
        added: points that each draw adds to those of every equation.
        most: points of an equation beyond which none are added.
    """

    kind: Literal["rar_d"] = "rar_d"
    power: NonNegative = 2.0
    uniform: NonNegative = 0.0
    candidates: Count = 100
    added: Count = 50
    most: Count = 10_000


Adaptive = Annotated[AdaptiveOptions, OneOf((Rad, RarD), usual="rad")]


class Resampling(Rule):
    """Other points, the seed of a draw being that of the run plus the iterations so far.

    Args:
        every: iterations between two draws.
        adaptive: None for draws that do not look at the residual.
        seed: of the run.
    """

    _passing: ClassVar[frozenset[str]] = frozenset({"_adaptive"})

    def __init__(self, every: int, adaptive: AdaptiveOptions | None, seed: int) -> None:
        super().__init__(every)
        self._adaptive, self._seed = adaptive, seed

    def after(self, step: Step, iteration: int, total: int) -> NewPoints | None:
        """Fresh points where a draw is due."""
        if not iteration or iteration % self._every:
            return None
        how = self._adaptive
        adaptive = None if how is None else _drawn_by(how, step.theta)
        note = f"loss on fresh points {{loss:.2e}}, on the points before {step.loss:.2e}"
        return NewPoints(self._seed + total, adaptive, note if self._every >= _LONG else "")


def _drawn_by(how: AdaptiveOptions, theta: Tensor) -> DrawnByResidual:
    return DrawnByResidual(theta, **how.model_dump(exclude={"kind"}))
