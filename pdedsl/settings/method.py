"""A method: the options of a solve, validated.

The sections are those of a method file: ``[model]``, ``[optimizer]``, ``[weights]``,
``[form]``, ``[sampling]``, ``[domain]``, ``[derivatives]``, ``[schedule]``, ``[precision]``. Every
key has a default.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from pdedsl.compiler.lowering.derivative_options import DerivativeOptions
from pdedsl.compiler.weak.options import FormOptions
from pdedsl.models.model import ModelOptions
from pdedsl.models.networks.layers import LayerOptions
from pdedsl.models.networks.mlp import MlpOptions
from pdedsl.models.registry import MODELS
from pdedsl.optimizers.gauss_newton.lm import LmOptions
from pdedsl.optimizers.protocol import OptimizerOptions
from pdedsl.optimizers.registry import OPTIMIZERS
from pdedsl.options.section import (
    Count,
    Fraction,
    NonNegative,
    OneOf,
    Positive,
    Section,
    Tally,
    fault_of,
    true_for_defaults,
)
from pdedsl.training.rules.held_out import Fresh
from pdedsl.training.rules.registry import RULES
from pdedsl.training.rules.resampling import Adaptive, RarD
from pdedsl.training.rules.rule import RuleOptions

from .continuation import Continuation
from .domain import Division
from .point_rules import check_point_rules

AnyModel = Annotated[ModelOptions, OneOf(MODELS.values(), usual="mlp")]
Stage = Annotated[OptimizerOptions, OneOf(OPTIMIZERS.values())]

AnyRule = Annotated[RuleOptions, OneOf(RULES.values())]
DRAWN = ("sobol", "lhs", "uniform")
"""Kinds of sampling whose points another seed replaces."""


class Sampling(Section):
    """Where the laws are imposed.

    Args:
        kind: the sequence of points; ``gauss`` for the nodes and weights of a quadrature;
            ``collocation``, for windows of bases, for the nodes of `collocation`
            in each window.
        points: number of points by kind of law (``eq``, ``bc``, ``ic``, ``fit``) or label.
        resample: fresh points after each so many iterations; 0 for never.
        adaptive: draw the fresh points of equations where the residual is large; ``true`` for
            the defaults of `Rad`, ``{ kind = "rar_d" }`` for those of `RarD`.
    """

    kind: Literal["sobol", "lhs", "uniform", "grid", "gauss", "collocation"] = "sobol"
    points: dict[str, Count] = Field(default_factory=dict)
    resample: Tally = 0
    adaptive: Annotated[Adaptive | None, true_for_defaults] = None

    @property
    def drawn(self) -> bool:
        """Whether another seed gives other points."""
        return self.kind in DRAWN

    @model_validator(mode="after")
    def _points_to_draw(self) -> Sampling:
        if self.adaptive is None:
            return self
        if not self.resample:
            reason = "draws at every resample; write resample = 500 beside it"
        elif self.kind in ("gauss", "collocation"):
            reason = f"draws among random points, but the nodes of {self.kind} are fixed"
        elif self.kind == "grid" and isinstance(self.adaptive, RarD):
            reason = 'would add the same points of a grid each time; write kind = "sobol"'
        else:
            return self
        raise fault_of(f"adaptive {reason}", "adaptive")


class Starts(Section):
    """Several short starts, of which the best is continued; see `pdedsl.training.starts`.

    Args:
        seeds: fresh starts for each bandwidth.
        bandwidths: deviations of the first layer; empty for that of the model, and for a model
            without layers.
        iterations: iterations of each start in the first round.
        share: the most of the budget that the starts may use.
    """

    seeds: Count = 1
    bandwidths: tuple[Positive, ...] = ()
    iterations: Count = 10
    share: Fraction = 0.3


class Schedule(Section):
    """Stages, one after the other, the starts before them, and an early end.

    Args:
        stages: optimizers in order, in place of ``[optimizer]``.
        starts: see `Starts`.
        fresh: see `Fresh`; ``true`` for its defaults.
        continuation: see `Continuation`; ``true`` for its defaults.
        last_layer: first values of the last layer of networks; see `pdedsl.training.last_layer`.
        rules: changes of the weights while training goes on; see `pdedsl.training.rules`.
    """

    stages: tuple[Stage, ...] = ()
    starts: Starts | None = None
    fresh: Annotated[Fresh | None, true_for_defaults] = None
    continuation: Annotated[Continuation | None, true_for_defaults] = None
    last_layer: Literal["least_squares"] | None = None
    rules: tuple[AnyRule, ...] = ()


class Precision(Section):
    """Kind of numbers, and where the work is done."""

    dtype: Literal["float64", "float32"] = "float64"
    device: Annotated[str, Field(pattern=r"^(cpu|cuda|mps)(:\d+)?$")] = "cpu"


class Method(Section):
    """All options of a solve; see the module docstring."""

    model: AnyModel = MlpOptions()
    optimizer: Stage = LmOptions()
    weights: dict[str, NonNegative] = Field(default_factory=dict)
    form: FormOptions = FormOptions()
    sampling: Sampling = Sampling()
    domain: Division = Division()
    derivatives: DerivativeOptions = DerivativeOptions()
    schedule: Schedule = Schedule()
    precision: Precision = Precision()

    @model_validator(mode="after")
    def _one_plan(self) -> Method:
        if self.schedule.stages and "optimizer" in self.model_fields_set:
            raise fault_of(
                "write either [optimizer] or stages in [schedule], not both", "optimizer"
            )
        return self

    @model_validator(mode="after")
    def _layers_to_start(self) -> Method:
        starts = self.schedule.starts
        if starts is not None and starts.bandwidths and not isinstance(self.model, LayerOptions):
            raise fault_of(
                f"bandwidths are those of the first layer of a network, but the model "
                f"{self.model.kind} has no layers; leave bandwidths out, and use seeds or none",
                "schedule", "starts", "bandwidths",
            )  # fmt: skip
        return self

    @model_validator(mode="after")
    def _last_layer_to_fit(self) -> Method:
        if self.schedule.last_layer is not None and not isinstance(self.model, LayerOptions):
            raise fault_of(
                f"last_layer fits the last layer of one network, but the model is "
                f"{self.model.kind}; leave last_layer out",
                "schedule", "last_layer",
            )  # fmt: skip
        return self

    @model_validator(mode="after")
    def _points_to_hold_out(self) -> Method:
        if self.schedule.fresh is not None and not self.sampling.drawn:
            raise fault_of(
                f"fresh points are another draw, but those of the sampling {self.sampling.kind} "
                f"are the same in every draw; leave fresh out, or write one of {', '.join(DRAWN)}",
                "schedule", "fresh",
            )  # fmt: skip
        return self

    @model_validator(mode="after")
    def _weights_to_change(self) -> Method:
        if self.schedule.rules and self.sampling.kind == "collocation":
            raise fault_of(
                "rules change the weights of laws, but collocation has weights of its own, which "
                "give all rows the unit of the field; leave rules out, or write sobol",
                "schedule", "rules",
            )  # fmt: skip
        return self

    @model_validator(mode="after")
    def _rules_that_follow(self) -> Method:
        for rule in self.schedule.rules:
            if reason := rule.refusal(self.model, self.stages):
                raise fault_of(reason, "schedule", "rules")
        return self

    @model_validator(mode="after")
    def _matrix_to_weigh(self) -> Method:
        in_parts = self.domain.split and not self.domain.overlapping
        found = (rule.kind == "best_kappa" for rule in self.schedule.rules)
        if (in_parts or self.form.weak) and any(found):
            what = "a split domain" if in_parts else "the weak form"
            raise fault_of(
                "best_kappa is for the matrix of the strong form on the whole domain, and "
                f"{what} has another; take the rule ntk",
                "schedule", "rules",
            )  # fmt: skip
        return self

    @model_validator(mode="after")
    def _points_to_weigh(self) -> Method:
        check_point_rules(self.schedule.rules, self.sampling.resample)
        return self

    @model_validator(mode="after")
    def _integrals_to_train(self) -> Method:
        if not self.form.weak:
            return self
        if self.model.kind == "windows":
            reason = "holds for all of time, not window by window; take a basis or a network"
        elif self.sampling.kind == "collocation":
            reason = "has nodes of its own, and collocation is for windows; write sobol"
        elif self.sampling.adaptive is not None:
            reason = "has nodes of a quadrature, which are not drawn; leave adaptive out"
        elif any(stage.kind == "kfac" for stage in self.stages):
            reason = "has rows that mix points, which kfac cannot factorise; take lm or soap"
        else:
            return self
        raise fault_of(f"the weak form {reason}", "form")

    def without_starts(self) -> Method:
        """The method without short starts; the best of them would replace a start that is given."""
        schedule = self.schedule.model_copy(update={"starts": None})
        return self.model_copy(update={"schedule": schedule})

    @property
    def stages(self) -> tuple[OptimizerOptions, ...]:
        """The optimizers in order."""
        return self.schedule.stages or (self.optimizer,)
