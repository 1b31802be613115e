"""What an analysis finds, as data."""

from __future__ import annotations

from dataclasses import dataclass

from pdedsl.calculus.types.classify import Classification
from pdedsl.geometry.arrays import Array


@dataclass(frozen=True)
class Operator:
    """The differential operator L (the D of the literature) of the equations on one domain.

    Args:
        place: the domain; empty for ordinary differential equations.
        laws: labels of the equations.
        linear: whether the equations are linear in the unknowns.
        order: highest order of a derivative.
        type: elliptic, parabolic, …, with the parts of the domain where there are several.
        operator: L, for nonlinear equations its derivative at any state, with du for the change.
        adjoint: the formal adjoint L*.
        dstard: the Hermitian square L*L.
        symbol: σ(ξ), its value on exp(iξ·x).
        squared: |σ(ξ)|², the diagonal of A in plane waves; σᴴσ for systems.
        latex: the same five by name, as LaTeX.
    """

    place: str
    laws: tuple[str, ...]
    linear: bool
    order: int
    type: Classification
    operator: str
    adjoint: str
    dstard: str
    symbol: str
    squared: str
    latex: dict[str, str]


@dataclass(frozen=True)
class Size:
    """Condition numbers for one size of the basis.

    Args:
        modes: K.
        functions: P, the number of parameters.
        at_one: κ(A(1)).
        weight: the best common weight λ of the conditions.
        kappa: κ there.
        preconditioned: the best κ(PᵀAP) over the values of γ and λ.
    """

    modes: int
    functions: int
    at_one: float
    weight: float
    kappa: float
    preconditioned: float


@dataclass(frozen=True)
class Preconditioned:
    """κ(PᵀAP) with the inverse symbol for one γ, the value of P on the kernel of D.

    Args:
        gamma: γ.
        natural: λ = |Ω|/γ².
        kappa_natural: κ there with P = 1/|σ| off the kernel, as in De Ryck et al., arXiv
            2310.05801, theorem on the Poisson equation.
        weight: the best λ for P = (|σ|² + γ⁻²)^(−1/2), which `solve` uses.
        kappa: κ there.
    """

    gamma: float
    natural: float
    kappa_natural: float
    weight: float
    kappa: float


@dataclass(frozen=True, eq=False)
class Conditioning:
    """The matrix A(λ) of the quadratic loss in a basis, and what makes it better.

    Args:
        basis: in words.
        family: of the basis.
        modes: K.
        index: its index set, ``box`` or ``total``.
        functions: P.
        method: how A was computed, in words.
        notes: what was assumed.
        skipped: label and reason of each law that is not part of A.
        curve: λ and κ(A(λ)), shape (n, 2).
        curve_preconditioned: the same for PᵀAP at the best γ.
        weight: the best common λ.
        valley: the interval of λ with κ within 10 % of the best.
        kappa: κ at the best common λ.
        at_one: κ(A(1)).
        weights: the best λ of each law; None where there is one condition at most.
        kappa_weights: κ there.
        weights_note: what the search for those weights says; may be empty.
        loss_weights: those weights as a method writes them, the equations' being 1.
        sizes: the same for several K.
        growth: p in κ ≈ C K^p at the best λ; None where fewer than two sizes were analysed.
        preconditioned: by γ.
        values: eigenvalues of A at the best λ, descending.
        values_preconditioned: those of PᵀAP at the best γ and λ.
        rank: number of eigenvalues that are not zero.
        effective_rank: exp of the entropy of the eigenvalues.
    """

    basis: str
    family: str
    modes: int
    index: str
    functions: int
    method: str
    notes: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]
    curve: Array
    curve_preconditioned: Array
    weight: float
    valley: tuple[float, float]
    kappa: float
    at_one: float
    weights: dict[str, float] | None
    kappa_weights: float
    weights_note: str
    loss_weights: dict[str, float]
    sizes: tuple[Size, ...]
    growth: float | None
    preconditioned: tuple[Preconditioned, ...]
    values: Array
    values_preconditioned: Array
    rank: int
    effective_rank: float

    @property
    def best(self) -> Preconditioned:
        """The γ with the least κ(PᵀAP)."""
        return min(self.preconditioned, key=lambda p: p.kappa)


@dataclass(frozen=True)
class Steps:
    """Predicted steps of gradient descent until the error is ε of its first size.

    Args:
        epsilon: ε.
        plain: κ ln(1/ε) at the best λ.
        preconditioned: the same for PᵀAP.
    """

    epsilon: float
    plain: float
    preconditioned: float


@dataclass(frozen=True)
class Goal:
    """Steps of gradient descent to a goal.

    Args:
        predicted: by the spectrum, for the same first error.
        measured: number of steps made.
        reached: whether the goal was reached within the steps that were allowed.
    """

    predicted: float
    measured: int
    reached: bool


@dataclass(frozen=True)
class Descent:
    """Gradient descent from a random start.

    Args:
        kappa: κ of its matrix.
        weight: λ.
        bound: κ ln(1/ε), which no number of steps below exceeds.
        error: steps until ‖θ − θ*‖ is ε of its first value.
        loss: steps until the excess loss is ε² of its first value.
    """

    kappa: float
    weight: float
    bound: float
    error: Goal
    loss: Goal


@dataclass(frozen=True)
class Verification:
    """Descent without and with the preconditioner.

    Args:
        epsilon: the part of the first error that was to be reached; its square for the loss.
        plain: with P = I at the best λ.
        preconditioned: with the inverse symbol at its best λ.
        remark: what the comparison says.
    """

    epsilon: float
    plain: Descent
    preconditioned: Descent
    remark: str


@dataclass(frozen=True)
class Advice:
    """What to train with.

    Args:
        method: as ``pdedsl solve --method`` reads it.
        reason: why.
        doubts: what is to be mended in the spec before anything is trained, in words.
    """

    method: str
    reason: str
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Report:
    """Everything that `analyse` finds.

    Args:
        problem: title of the spec.
        spec_sha256: of its text.
        params: parameter values.
        linear: whether all laws are linear.
        state: where the nonlinear laws were linearised, in words; empty if all are linear.
        operators: one for each domain with equations.
        conditioning: None where A could not be computed; ``obstacle`` says why.
        obstacle: empty, or the reason in words.
        steps: None without conditioning.
        advice: the recommended method.
        verification: where it was asked for.
    """

    problem: str
    spec_sha256: str
    params: dict[str, float]
    linear: bool
    state: str
    operators: tuple[Operator, ...]
    conditioning: Conditioning | None
    obstacle: str
    steps: Steps | None
    advice: Advice
    verification: Verification | None = None
