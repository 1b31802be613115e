"""Preconditioners that a method asks for, as the numbers that models take.

What they should be depends on the equations, so they are worked out here, in the same way
whenever a system is built: a run folder need not keep them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pdedsl.geometry.arrays import Array
from pdedsl.ir import Problem

from .options.errors import refuse_option

if TYPE_CHECKING:
    from pdedsl.conditioning.discretisation import Discretisation
    from pdedsl.models import FourierOptions, ModelOptions
    from pdedsl.models.bases import BasisOptions

Weights = Mapping[str, float]

_WITHOUT = 'set model.preconditioner to "none"'


def with_preconditioner(problem: Problem, options: ModelOptions, weights: Weights) -> ModelOptions:
    """Options of a model with the numbers that their ``preconditioner`` stands for.

    Args:
        problem: gives the equations; nonlinear ones are linearised at `linearisation_state`.
        options: those of a model.
        weights: of the loss, by label or kind.

    Returns:
        The options themselves where they have no preconditioner.

    Raises:
        UserError: E803, the preconditioner cannot be had for this problem.
    """
    from pdedsl.models import FourierOptions
    from pdedsl.models.bases import BasisOptions
    from pdedsl.models.windows import WindowsOptions

    if isinstance(options, WindowsOptions):
        pieces = tuple(with_preconditioner(problem, piece, weights) for piece in options.pieces)
        return options.model_copy(update={"pieces": pieces})
    if not isinstance(options, BasisOptions | FourierOptions) or options.preconditioner == "none":
        return options
    _check_one_group(problem, options.preconditioner)
    if isinstance(options, BasisOptions):
        return _with_transform(problem, options, weights)
    return _with_scales(problem, options)


def _check_one_group(problem: Problem, name: str) -> None:
    from pdedsl.compiler.lowering.groups import groups_of

    groups = groups_of(problem)
    if len(groups) > 1:
        listed = " and ".join(", ".join(group.components) for group in groups)
        refuse_option(
            f"the preconditioner {name} needs all unknowns to have the same inputs, domain and "
            f"periods, but {listed} differ in these",
            f'{_WITHOUT}; gd has preconditioner = "gram" for every model',
        )


def _with_transform(problem: Problem, options: BasisOptions, weights: Weights) -> BasisOptions:
    from pdedsl.conditioning.discretisation import discretise
    from pdedsl.models.bases.model import TransformedBasisOptions

    name = options.preconditioner
    if name == "auto":
        refuse_option(
            "the preconditioner auto is chosen by the analysis, which comes before",
            "one of none, symbol, full",
        )
    basis = options.model_dump(exclude={"kind", "preconditioner", "gamma", "analysed"})
    try:
        made = discretise(problem, **basis)
    except ValueError as error:
        refuse_option(f"the preconditioner {name} cannot be set up: {error}", None)
    return TransformedBasisOptions(
        **options.model_dump(), transform=_transform(made, name, options.gamma, weights)
    )


def _transform(made: Discretisation, name: str, gamma: float, weights: Weights) -> Array:
    from pdedsl.conditioning.assembly import assemble
    from pdedsl.conditioning.preconditioners import full_preconditioner, symbol_preconditioner

    gram = assemble(made.problem, made)
    if not gram.equations:
        reasons = "; ".join(reason for _, reason in gram.skipped) or "there is none"
        message = f"the preconditioner {name} needs an equation in the interior: {reasons}"
        refuse_option(message, _WITHOUT)
    if name == "symbol":
        return symbol_preconditioner(gram, made, gamma)
    # The loss is Σ w mean r², the mean over points and over the equations of a law, while the
    # matrix has the integral of Σ r² for a law in the interior.
    own = {t.label: weights.get(t.label, weights.get(t.kind, 1.0)) for t in gram.terms}
    return full_preconditioner(
        gram, {t.label: own[t.label] / (t.measure * t.equations) for t in gram.terms}
    )


def _with_scales(problem: Problem, options: FourierOptions) -> FourierOptions:
    from pdedsl.compiler.lowering.groups import groups_of
    from pdedsl.conditioning.discretisation import component_axes
    from pdedsl.conditioning.rows.pieces import NotAssembledError
    from pdedsl.models.networks.fourier import ScaledFourierOptions, feature_vectors

    from .feature_scales import feature_scales

    (group,) = groups_of(problem)
    vectors = feature_vectors(options, component_axes(problem)[0])
    try:
        scales = feature_scales(problem, group.arguments, vectors, options.gamma)
    except NotAssembledError as error:
        refuse_option(f"the equations have no symbol: {error}", _WITHOUT)
    return ScaledFourierOptions(**options.model_dump(), feature_scales=scales)
