"""A method: the options of a solve, validated.

The sections are those of a method file: ``[model]``, ``[optimizer]``, ``[weights]``,
``[sampling]``, ``[schedule]``, ``[precision]``. Every key has a default.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

Count = Annotated[int, Field(strict=True, ge=1)]
Tally = Annotated[int, Field(strict=True, ge=0)]
Positive = Annotated[float, Field(strict=True, gt=0)]
NonNegative = Annotated[float, Field(strict=True, ge=0)]
Fraction = Annotated[float, Field(strict=True, gt=0, lt=1)]
Modes = Annotated[int, Field(strict=True, ge=1, le=20_000)]
Extension = Annotated[float, Field(strict=True, ge=1)]


class Section(BaseModel):
    """Base of all sections: immutable, no unknown keys, no infinite numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ModelSection(Section):
    """Base of the models."""

    kind: str

    def options(self) -> dict[str, Any]:
        """Keys and values as `pdedsl.compiler.system.build` takes them.

        The preconditioner is left out: it depends on the problem, and whoever builds the system
        makes numbers of it (``transform``, ``feature_scales``).
        """
        return self.model_dump(exclude_none=True, exclude={"preconditioner", "gamma"})


class LayersModel(ModelSection):
    """Layers of neurons; the meaning of the options is in `pdedsl.models.mlp`."""

    width: Count = 30
    depth: Count = 3
    activation: Literal["tanh", "sin", "gelu", "silu", "softplus"] = "tanh"
    init: Literal["glorot", "normal"] = "glorot"
    scale: Positive = 0.1
    bandwidth: Positive | None = None


class MlpModel(LayersModel):
    """Multilayer perceptron.

    Args:
        harmonics: number of harmonics of a periodic axis.
    """

    kind: Literal["mlp"] = "mlp"
    harmonics: Count = 1


class ModifiedMlpModel(LayersModel):
    """Multilayer perceptron with two gates; see `pdedsl.models.modified_mlp`.

    Args:
        harmonics: number of harmonics of a periodic axis.
    """

    kind: Literal["modified_mlp"] = "modified_mlp"
    harmonics: Count = 1


class FourierModel(LayersModel):
    """Multilayer perceptron of Fourier features; see `pdedsl.models.fourier`.

    Args:
        modes: K of the lattice of wave vectors.
        index: ``box`` or ``total``.
        features: number of random wave vectors in place of the lattice.
        bandwidth_features: their deviation.
        seed: of the random wave vectors.
        extension: period in an axis that is not periodic, as a multiple of its length.
        preconditioner: ``symbol`` scales every feature by the symbol of the operator.
        gamma: γ, the scale of features that the operator maps to zero.
    """

    kind: Literal["fourier"] = "fourier"
    modes: Modes = 3
    index: Literal["box", "total"] = "total"
    features: Modes | None = None
    bandwidth_features: Positive = 2.0
    seed: Tally = 0
    extension: Extension = 2.0
    preconditioner: Literal["none", "symbol"] = "none"
    gamma: Positive = 10.0


class BasisModel(ModelSection):
    """A basis with coefficients; see `pdedsl.models.bases.build`.

    Args:
        family: the functions.
        modes: K, the highest wave number or degree.
        index: ``box`` or ``total``.
        features: number of random features.
        bandwidth: deviation of their frequencies.
        seed: of the random features.
        extension: period of plane waves in an axis that is not periodic, as a multiple of its
            length.
        preconditioner: ``symbol`` scales every function by the symbol of the operator, ``full``
            takes the inverse root of the whole matrix of the loss.
        gamma: γ, the scale of functions that the operator maps to zero.
    """

    kind: Literal["basis"] = "basis"
    family: Literal[
        "mixed",
        "fourier",
        "sine",
        "cosine",
        "legendre",
        "chebyshev",
        "random_fourier",
        "random_tanh",
    ] = "mixed"
    modes: Modes = 10
    index: Literal["box", "total"] = "box"
    features: Modes = 100
    bandwidth: Positive = 2.0
    seed: Tally = 0
    extension: Extension = 1.0
    preconditioner: Literal["none", "symbol", "full"] = "none"
    gamma: Positive = 10.0


MODELS: dict[str, type[ModelSection]] = {
    "mlp": MlpModel,
    "modified_mlp": ModifiedMlpModel,
    "fourier": FourierModel,
    "basis": BasisModel,
}
AnyModel = Annotated[
    MlpModel | ModifiedMlpModel | FourierModel | BasisModel, Field(discriminator="kind")
]


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


class GdOptions(OptimizerOptions):
    """Gradient descent, plain or preconditioned; see `pdedsl.methods.gd`.

    Args:
        rate: step size η; None for ``relaxation`` / λ_max of the matrix that is descended on.
        relaxation: c in η = c/λ_max; below 2, where the iteration is stable.
        inner: the most iterations between two looks at the loss, for linear problems.
        refresh: iterations between two estimates of λ_max or of the preconditioner, for
            nonlinear problems; 0 keeps those of the start, None is 1 for the preconditioner,
            which is soon out of date, and 100 for λ_max.
        preconditioner: ``gram`` multiplies the gradient by (JᵀJ + ε λ_max I)⁻¹.
        epsilon: the ε of it, as a part of λ_max(JᵀJ).
    """

    kind: Literal["gd"] = "gd"
    iterations: Count = 100_000
    patience: Count = 20_000
    rate: Positive | None = None
    relaxation: Annotated[float, Field(strict=True, gt=0, lt=2)] = 1.0
    inner: Count = 100
    refresh: Tally | None = None
    preconditioner: Literal["none", "gram"] = "none"
    epsilon: Positive = 1e-8

    @model_validator(mode="after")
    def _one_size(self) -> GdOptions:
        if self.rate is not None and "relaxation" in self.model_fields_set:
            raise ValueError("write either rate or relaxation, which is the rate times λ_max")
        return self

    @property
    def renewal(self) -> int:
        """``refresh``, or what None stands for."""
        if self.refresh is not None:
            return self.refresh
        return 1 if self.preconditioner == "gram" else 100


Stage = LmOptions | AdamOptions | LbfgsOptions | GdOptions
AnyOptimizer = Annotated[Stage, Field(discriminator="kind")]


class Sampling(Section):
    """Where the laws are imposed.

    Args:
        kind: the sequence of points; ``gauss`` for the nodes and weights of a quadrature.
        points: number of points by kind of law (``eq``, ``bc``, ``ic``, ``fit``) or label.
        resample: fresh points after each so many iterations; 0 for never.
    """

    kind: Literal["sobol", "lhs", "uniform", "grid", "gauss"] = "sobol"
    points: dict[str, Count] = {}
    resample: Tally = 0


class Starts(Section):
    """Several short starts, of which the best is continued; see `pdedsl.methods.starts`.

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

    model: AnyModel = MlpModel()
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

    @field_validator("model", mode="before")
    @classmethod
    def _usual_model(cls, given: Any) -> Any:
        named = not isinstance(given, Mapping) or "kind" in given
        return given if named else {"kind": "mlp", **given}

    @model_validator(mode="after")
    def _layers_to_start(self) -> Method:
        starts = self.schedule.starts
        if starts is not None and starts.bandwidths and not isinstance(self.model, LayersModel):
            raise PydanticCustomError(
                "at_place",
                "bandwidths are those of the first layer of a network, but the model {kind} has "
                "no layers; leave bandwidths out, and use seeds or none",
                {"kind": self.model.kind, "place": ("schedule", "starts", "bandwidths")},
            )
        return self

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The optimizers in order."""
        return self.schedule.stages or (self.optimizer,)
