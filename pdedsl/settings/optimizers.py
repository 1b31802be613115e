"""The section ``[optimizer]`` of a method, or one of its stages: the options of each optimizer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from .section import Count, Fraction, NonNegative, Positive, Section, Tally


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


class DampingOptions(OptimizerOptions):
    """What damped Gauss–Newton has, on all parameters or on a subspace.

    Args:
        damping: first damping as a part of the largest squared singular value.
        ratio: least ratio of actual to predicted decrease of an accepted step (ρ*).
        late_ratio: ρ* once the damping no longer falls; None keeps ``ratio``.
        sweep: the most damping values tried in a step.
        factor: ratio of neighbouring damping values.
        acceleration: add the second-order (geodesic) correction to the steps.
    """

    patience: Count = 300
    damping: Positive = 1e-3
    ratio: Fraction = 0.1
    late_ratio: Fraction | None = None
    sweep: Count = 13
    factor: Annotated[float, Field(strict=True, gt=1)] = 3.0
    acceleration: bool = True


class LmOptions(DampingOptions):
    """Damped Gauss–Newton; see `lm`.

    Args:
        projection: keep the last layer of a network at its least-squares optimum, for laws that
            are affine in the fields; see `variable_projection`.
    """

    kind: Literal["lm"] = "lm"
    projection: bool = False


class LstsqOptions(OptimizerOptions):
    """Least squares, and Newton's method around it; see `lstsq`.

    Args:
        cutoff: singular values, as parts of the largest, that count as zero; None for rounding.
        halvings: the most halvings of a step.
    """

    kind: Literal["lstsq"] = "lstsq"
    iterations: Count = 50
    patience: Count = 20
    cutoff: Fraction | None = None
    halvings: Tally = 15


class SketchedLmOptions(DampingOptions):
    """Damped Gauss–Newton on random subspaces; see `sketched_lm`.

    Args:
        columns: s, the dimension of the subspaces; all parameters where there are not more.
        rows: the rows of J̃ are added up, with random signs, to so many; None keeps them.
        seed: of the random subspaces.
    """

    kind: Literal["sketched_lm"] = "sketched_lm"
    columns: Count = 1_000
    rows: Count | None = None
    seed: Tally = 0

    @model_validator(mode="after")
    def _more_rows(self) -> SketchedLmOptions:
        if self.rows is not None and self.rows <= self.columns:
            raise ValueError(
                f"rows has to be above columns, {self.columns}, since fewer equations than "
                f"unknowns say nothing about the rest of the residual, but it is {self.rows}"
            )
        return self


class SpringOptions(OptimizerOptions):
    """Gauss–Newton in the space of the rows, with momentum; see `spring`.

    Args:
        momentum: μ, the part of the last direction in the next; 0 for none (ENGD-W).
        damping: λ, as a part of the mean diagonal of the kernel.
        adaptive: let λ follow the ratio of actual to predicted decrease.
        scaling: scale the kernel to a unit diagonal.
        correction: divide the k-th direction by √(1 − μ²ᵏ).
        rate: η; None for a line search over powers of ½.
        longest: C, the most that ‖η d‖ may be; for a rate.
    """

    kind: Literal["spring"] = "spring"
    patience: Count = 1_000
    momentum: Annotated[float, Field(strict=True, ge=0, lt=1)] = 0.5
    damping: Positive = 1e-4
    adaptive: bool = False
    scaling: bool = False
    correction: bool = True
    rate: Positive | None = None
    longest: Positive | None = None

    @model_validator(mode="after")
    def _bound_of_a_rate(self) -> SpringOptions:
        if self.longest is not None and self.rate is None:
            raise ValueError("longest bounds the steps of a rate; write rate beside it")
        return self


class FirstOrderOptions(OptimizerOptions):
    """What optimizers that move by the gradient alone have.

    Args:
        rate: step size.
        decay: factor of the rate after each ``decay_every`` iterations.
        decay_every: iterations between two decays.
    """

    iterations: Count = 100_000
    patience: Count = 20_000
    rate: Positive = 1e-3
    decay: Annotated[float, Field(strict=True, gt=0, le=1)] = 0.9
    decay_every: Count = 2_000


class AdamOptions(FirstOrderOptions):
    """Adam; see `adam`.

    Args:
        betas: decay of the first and second moments.
    """

    kind: Literal["adam"] = "adam"
    betas: tuple[Fraction, Fraction] = (0.9, 0.999)


class SgdOptions(FirstOrderOptions):
    """Gradient descent with momentum; see `sgd`.

    Args:
        momentum: β, the part of the last step in the next.
        nesterov: take the gradient where the momentum leads.
    """

    kind: Literal["sgd"] = "sgd"
    momentum: Annotated[float, Field(strict=True, ge=0, lt=1)] = 0.9
    nesterov: bool = False

    @model_validator(mode="after")
    def _nesterov_of_something(self) -> SgdOptions:
        if self.nesterov and self.momentum == 0:
            raise ValueError("nesterov needs a momentum above 0")
        return self


class SoapOptions(FirstOrderOptions):
    """Adam in the eigenbasis of Shampoo's factors; see `soap`.

    Args:
        betas: decay of the first moment, and of the second moment and the factors.
        refresh: iterations between two power steps of the eigenvectors.
    """

    kind: Literal["soap"] = "soap"
    rate: Positive = 3e-3
    betas: tuple[Fraction, Fraction] = (0.95, 0.95)
    refresh: Count = 10


class LbfgsOptions(OptimizerOptions):
    """L-BFGS with a strong Wolfe line search; see `lbfgs`.

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


Transform = Literal["none", "sqrt", "log"]


class BroydenOptions(OptimizerOptions):
    """Quasi-Newton methods with a dense matrix; see `ssbroyden`.

    Args:
        c1: sufficient decrease.
        c2: curvature.
        transform: minimise the loss L, or √L or log L.
    """

    kind: Literal["ssbroyden", "ssbfgs", "bfgs"] = "ssbroyden"
    iterations: Count = 50_000
    patience: Count = 2_000
    c1: Fraction = 1e-4
    c2: Fraction = 0.9
    transform: Transform = "none"


class GdOptions(OptimizerOptions):
    """Gradient descent, plain or preconditioned; see `gd`.

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


def _listed(given: object) -> object:
    """A number as a list of one, so that a fault is told of the number."""
    return given if given is None or isinstance(given, list | tuple) else (given,)


class AnagramOptions(OptimizerOptions):
    """Gauss–Newton by a truncated singular value decomposition; see `anagram`.

    Args:
        cutoff: ε, the least singular value that is kept, or a list of those that may be tried in
            every step.
        relative: ε as a part of the largest singular value, in place of ``cutoff``.
        cutoffs: number of ε from rounding to a hundredth of the largest singular value that
            may be tried in every step, in place of both.
    """

    kind: Literal["anagram"] = "anagram"
    patience: Count = 300
    cutoff: Annotated[tuple[Positive, ...] | None, BeforeValidator(_listed)] = None
    relative: Fraction | None = None
    cutoffs: Count = 1

    @model_validator(mode="after")
    def _one_cutoff(self) -> AnagramOptions:
        if (self.cutoff is not None) + (self.relative is not None) + (self.cutoffs > 1) > 1:
            raise ValueError("write one of cutoff, relative and cutoffs; each sets the cut-off")
        if self.cutoff == ():
            raise ValueError(
                "cutoff has to be a number or a list of numbers, but the list is empty"
            )
        return self


class EngdOptions(OptimizerOptions):
    """Energy natural gradient descent; see `engd`.

    Args:
        rcond: least eigenvalue of JᵀJ that is kept, as a part of the largest; None for the number
            of parameters times the rounding unit.
    """

    kind: Literal["engd"] = "engd"
    patience: Count = 300
    rcond: Fraction | None = None


class NncgOptions(OptimizerOptions):
    """Newton's method with Nyström-preconditioned conjugate gradients; see `nncg`.

    Args:
        rank: of the approximate Hessian in the preconditioner.
        refresh: iterations between two such approximations.
        damping: μ as a part of the largest eigenvalue.
        accuracy: of the Newton equation, as a part of the gradient.
        inner: the most conjugate gradients in an iteration.
        decrease: c, the least part of the decrease by the slope (Armijo).
        backtrack: factor of the step length where that fails.
        seed: of the random vectors.
    """

    kind: Literal["nncg"] = "nncg"
    patience: Count = 300
    rank: Count = 60
    refresh: Count = 20
    damping: Positive = 1e-8
    accuracy: Fraction = 1e-2
    inner: Count = 100
    decrease: Fraction = 0.1
    backtrack: Fraction = 0.5
    seed: Tally = 0


class KfacOptions(OptimizerOptions):
    """Gauss–Newton with Kronecker factors for each layer; see `kfac`.

    Args:
        average: part of the old factors in the new ones, an exponential moving average.
        damping: first λ as a part of the largest eigenvalue of the approximate JᵀJ.
        momentum: add a part of the last step, by the quadratic model.
    """

    kind: Literal["kfac"] = "kfac"
    iterations: Count = 50_000
    patience: Count = 2_000
    average: Annotated[float, Field(strict=True, ge=0, lt=1)] = 0.3
    damping: Positive = 1e-10
    momentum: bool = True


Stage = (
    LmOptions
    | LstsqOptions
    | AdamOptions
    | LbfgsOptions
    | BroydenOptions
    | GdOptions
    | AnagramOptions
    | EngdOptions
    | SgdOptions
    | SoapOptions
    | NncgOptions
    | KfacOptions
    | SketchedLmOptions
    | SpringOptions
)
AnyOptimizer = Annotated[Stage, Field(discriminator="kind")]
