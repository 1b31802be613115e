"""Preconditioners that a method asks for, as the numbers that models take.

A model knows a transform of its coefficients or the scales of its features. What they should be
depends on the equations, so they are worked out here from ``preconditioner`` and ``gamma``, in
the same way whenever a system is built: a run folder need not keep them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pdedsl.diagnostics import did_you_mean
from pdedsl.ir import Problem

from .option_errors import refuse_option

if TYPE_CHECKING:
    from pdedsl.conditioning.discretisation import Discretisation

DEFAULT_GAMMA = 10.0
_NONE = "none"

Array = NDArray[np.float64]
Weights = Mapping[str, float]


def resolved(problem: Problem, model: Any, weights: Weights | None) -> Any:
    """The model with ``preconditioner`` and ``gamma`` replaced by what they stand for.

    Args:
        problem: gives the equations; nonlinear ones are linearised at `linearisation_state`.
        model: as `pdedsl.compile` takes it; other than a mapping it is returned as it is.
        weights: of the loss, by label or kind.

    Returns:
        For ``basis`` a mapping with ``transform``: a diagonal for ``symbol``, a matrix for
        ``full``; for ``fourier`` one with ``feature_scales``.

    Raises:
        UserError: E803, the preconditioner is unknown or cannot be had for this problem.
    """
    if isinstance(model, Mapping) and model.get("kind") == "windows":
        pieces = tuple(resolved(problem, piece, weights) for piece in model.get("pieces", ({},)))
        return {**model, "pieces": pieces}
    if not isinstance(model, Mapping) or model.get("kind") not in _RESOLVERS:
        return model
    options = dict(model)
    name, gamma = options.pop("preconditioner", _NONE), options.pop("gamma", DEFAULT_GAMMA)
    options.pop("analysed", None)
    kind = options["kind"]
    resolve, choices, place = _RESOLVERS[kind]
    if name not in choices:
        mend = did_you_mean(str(name), choices) or f"one of {', '.join(choices)}"
        refuse_option(f"{name!r} is not a preconditioner of the model {kind}", mend)
    if name == _NONE:
        return options
    if not (isinstance(gamma, (int, float)) and 0 < gamma < math.inf):
        refuse_option(f"gamma must be a finite number above 0, but here it is {gamma!r}", None)
    if options.get(place) is not None:
        refuse_option(f"write either preconditioner or {place}", f"drop {place}")
    _check_one_group(problem, name)
    return options | resolve(problem, options, name, float(gamma), weights or {})


def _check_one_group(problem: Problem, name: str) -> None:
    from pdedsl.compiler.lowering.groups import groups_of

    groups = groups_of(problem)
    if len(groups) > 1:
        listed = " and ".join(", ".join(group.components) for group in groups)
        refuse_option(
            f"the preconditioner {name} needs all unknowns to have the same inputs, domain and "
            f"periods, but {listed} differ in these",
            'set model.preconditioner to "none"; gd has preconditioner = "gram" for every model',
        )


def _basis(
    problem: Problem, options: dict[str, Any], name: str, gamma: float, weights: Weights
) -> dict[str, Any]:
    from pdedsl.conditioning.discretisation import discretise
    from pdedsl.models import ModelSpec
    from pdedsl.models.bases import BasisOptions

    ModelSpec.of(options)  # options that are at fault are its to refuse
    names = [f.name for f in fields(BasisOptions)]
    basis = BasisOptions(**{key: options[key] for key in names if key in options})
    try:
        made = discretise(problem, **{key: getattr(basis, key) for key in names})
    except ValueError as error:
        refuse_option(f"the preconditioner {name} cannot be set up: {error}", None)
    return {"transform": _transform(made, name, gamma, weights)}


def _transform(made: Discretisation, name: str, gamma: float, weights: Weights) -> Array:
    from pdedsl.conditioning.assembly import assemble
    from pdedsl.conditioning.preconditioners import full_preconditioner, symbol_preconditioner

    gram = assemble(made.problem, made)
    if not gram.equations:
        reasons = "; ".join(reason for _, reason in gram.skipped) or "there is none"
        refuse_option(
            f"the preconditioner {name} needs an equation in the interior: {reasons}",
            'set model.preconditioner to "none"',
        )
    if name == "symbol":
        return symbol_preconditioner(gram, made, gamma)
    # The loss is Σ w mean r², the mean over points and over the equations of a law, while the
    # matrix has the integral of Σ r² for a law in the interior.
    own = {t.label: weights.get(t.label, weights.get(t.kind, 1.0)) for t in gram.terms}
    return full_preconditioner(
        gram, {t.label: own[t.label] / (t.measure * t.equations) for t in gram.terms}
    )


def _fourier(
    problem: Problem, options: dict[str, Any], name: str, gamma: float, weights: Weights
) -> dict[str, Any]:
    from pdedsl.compiler.lowering.groups import groups_of
    from pdedsl.conditioning.discretisation import component_axes
    from pdedsl.conditioning.rows.pieces import NotAssembledError
    from pdedsl.models import ModelSpec
    from pdedsl.models.networks.fourier import FourierOptions, feature_vectors

    ModelSpec.of(options)
    (group,) = groups_of(problem)
    made = FourierOptions(**{key: value for key, value in options.items() if key != "kind"})
    vectors = feature_vectors(made, component_axes(problem)[0])
    from .feature_scales import feature_scales

    try:
        scales = feature_scales(problem, group.arguments, vectors, gamma)
    except NotAssembledError as error:
        refuse_option(f"the equations have no symbol: {error}", 'set preconditioner to "none"')
    return {"feature_scales": scales}


_RESOLVERS = {
    "basis": (_basis, ("none", "symbol", "full"), "transform"),
    "fourier": (_fourier, ("none", "symbol"), "feature_scales"),
}
