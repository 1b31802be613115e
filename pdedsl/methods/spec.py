"""A method: the options of a solve, validated.

The sections are those of a method file: ``[model]``, ``[optimizer]``, ``[weights]``,
``[sampling]``, ``[schedule]``, ``[precision]``. Every key has a default.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Count = Annotated[int, Field(strict=True, ge=1)]
Tally = Annotated[int, Field(strict=True, ge=0)]
Positive = Annotated[float, Field(strict=True, gt=0)]
NonNegative = Annotated[float, Field(strict=True, ge=0)]
Fraction = Annotated[float, Field(strict=True, gt=0, lt=1)]


class Section(BaseModel):
    """Base of all sections: immutable, no unknown keys, no infinite numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class MlpModel(Section):
    """Multilayer perceptron; the meaning of the options is in `pdedsl.models.mlp`."""

    kind: Literal["mlp"] = "mlp"
    width: Count = 30
    depth: Count = 3
    activation: Literal["tanh", "sin"] = "tanh"
    init: Literal["glorot", "normal"] = "glorot"
    scale: Positive = 0.1
    bandwidth: Positive | None = None
    harmonics: Count = 1

    def options(self) -> dict[str, Any]:
        """Keys and values as `pdedsl.compiler.system.build` takes them."""
        return self.model_dump(exclude_none=True)


class OptimizerOptions(Section):
    """What every optimizer has.

    Args:
        iterations: the most iterations.
        tolerance: stop once the loss is at or below this; 0 leaves it to rounding.
        patience: stop when so many iterations lower the loss by less than 1 %.
        until: as a stage: go on to the next stage once the loss is at or below this.
        share: as a stage: the most of the budget that it may use.
    """

    iterations: Count = 10_000
    tolerance: NonNegative = 0.0
    patience: Count = 1_000
    until: Positive | None = None
    share: Fraction | None = None


class LmOptions(OptimizerOptions):
    """Damped Gauss–Newton; see `pdedsl.methods.lm`.

    Args:
        damping: first damping as a part of the largest squared singular value.
        ratio: least ratio of actual to predicted decrease of an accepted step (ρ*).
        late_ratio: ρ* once the damping no longer falls; None keeps ``ratio``.
        sweep: the most damping values tried in a step.
        factor: ratio of neighbouring damping values.
        acceleration: add the second-order (geodesic) correction to the steps.
    """

    kind: Literal["lm"] = "lm"
    patience: Count = 300
    damping: Positive = 1e-3
    ratio: Fraction = 0.1
    late_ratio: Fraction | None = None
    sweep: Count = 13
    factor: Annotated[float, Field(strict=True, gt=1)] = 3.0
    acceleration: bool = True


class AdamOptions(OptimizerOptions):
    """Adam; see `pdedsl.methods.adam`.

    Args:
        rate: step size.
        decay: factor of the rate after each ``decay_every`` iterations.
        decay_every: iterations between two decays.
        betas: decay of the first and second moments.
    """

    kind: Literal["adam"] = "adam"
    iterations: Count = 100_000
    patience: Count = 20_000
    rate: Positive = 1e-3
    decay: Annotated[float, Field(strict=True, gt=0, le=1)] = 0.9
    decay_every: Count = 2_000
    betas: tuple[Fraction, Fraction] = (0.9, 0.999)


class LbfgsOptions(OptimizerOptions):
    """L-BFGS with a strong Wolfe line search; see `pdedsl.methods.lbfgs`.

    Args:
        history: pairs that are remembered.
        c1: sufficient decrease.
        c2: curvature.
    """

    kind: Literal["lbfgs"] = "lbfgs"
    iterations: Count = 50_000
    patience: Count = 2_000
    history: Count = 100
    c1: Fraction = 1e-4
    c2: Fraction = 0.9


AnyOptimizer = Annotated[LmOptions | AdamOptions | LbfgsOptions, Field(discriminator="kind")]


class Sampling(Section):
    """Where the laws are imposed.

    Args:
        kind: the sequence of points.
        points: number of points by kind of law (``eq``, ``bc``, ``ic``, ``fit``) or label.
        resample: fresh points after each so many iterations; 0 for never.
    """

    kind: Literal["sobol", "lhs", "uniform", "grid"] = "sobol"
    points: dict[str, Count] = {}
    resample: Tally = 0


class Starts(Section):
    """Several short starts, of which the best is continued; see `pdedsl.methods.starts`.

    Args:
        seeds: fresh starts for each bandwidth.
        bandwidths: deviations of the first layer; empty for that of the model.
        iterations: iterations of each start in the first round.
        share: the most of the budget that the starts may use.
    """

    seeds: Count = 1
    bandwidths: tuple[Positive, ...] = ()
    iterations: Count = 10
    share: Fraction = 0.3


class Schedule(Section):
    """Stages, one after the other, and the starts before them.

    Args:
        stages: optimizers in order, in place of ``[optimizer]``.
        starts: see `Starts`.
    """

    stages: tuple[AnyOptimizer, ...] = ()
    starts: Starts | None = None


class Precision(Section):
    """Kind of numbers, and where the work is done."""

    dtype: Literal["float64", "float32"] = "float64"
    device: Annotated[str, Field(pattern=r"^(cpu|cuda|mps)(:\d+)?$")] = "cpu"


class Method(Section):
    """All options of a solve; see the module docstring."""

    model: MlpModel = MlpModel()
    optimizer: AnyOptimizer = LmOptions()
    weights: dict[str, NonNegative] = {}
    sampling: Sampling = Sampling()
    schedule: Schedule = Schedule()
    precision: Precision = Precision()

    @model_validator(mode="after")
    def _one_plan(self) -> Method:
        if self.schedule.stages and "optimizer" in self.model_fields_set:
            raise ValueError("write either [optimizer] or stages in [schedule], not both")
        return self

    @property
    def stages(self) -> tuple[LmOptions | AdamOptions | LbfgsOptions, ...]:
        """The optimizers in order."""
        return self.schedule.stages or (self.optimizer,)
