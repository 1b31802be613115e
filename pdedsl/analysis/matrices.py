"""Condition numbers of a problem in a basis: against the size, the weights, the preconditioner."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np

from pdedsl.calculus.laws import LawOperator
from pdedsl.conditioning.assembly import assemble
from pdedsl.conditioning.discretisation import (
    Discretisation,
    basis_size,
    component_axes,
    discretise,
    require_boxes,
)
from pdedsl.conditioning.gram import Gram
from pdedsl.conditioning.preconditioners import GAMMAS, symbol_preconditioner
from pdedsl.conditioning.weights import best_weight, best_weights, kappa_curve, natural_weight
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Problem
from pdedsl.models.bases import BasisOptions

from .report import Conditioning, Preconditioned, Size

_MOST_FUNCTIONS = 150  # where the user names no size: the curves then take a second or two
_MOST_DOUBLED = 300
_LARGEST_MODES = 20
_CURVE = 25
_ENDS = {
    "sine": "sines vanish at both ends of every axis, with or without a condition there",
    "cosine": "cosines have no slope at both ends of every axis, with or without a condition",
}


@dataclass(frozen=True)
class Choice:
    """Which basis to analyse in.

    Args:
        family: see `pdedsl.models.bases`.
        modes: K; None for the largest up to 20 with at most 150 functions.
        index: ``box``, ``total``, or None for ``total`` above three inputs.
    """

    family: str = "fourier"
    modes: int | None = None
    index: str | None = None

    def options(self, modes: int, index: str) -> BasisOptions:
        """The basis of that size.

        Raises:
            ValueError: the family or the index is none.
        """
        options: dict[str, Any] = {"family": self.family, "modes": modes, "index": index}
        return BasisOptions(**options)


def conditioning(problem: Problem, laws: tuple[LawOperator, ...], choice: Choice) -> Conditioning:
    """The matrix A(λ), its condition numbers and its preconditioners.

    Args:
        problem: gives places and numbers.
        laws: the (linearised) operator of each law.
        choice: the basis.

    Raises:
        ValueError: there is no matrix: a set that is not a box, a basis that is too large, or no
            law that has a matrix.
    """
    modes = choice.modes or _default_modes(problem, choice)
    space = discretise(problem, choice.family, modes, choice.index)
    gram = assemble(problem, space, laws)
    if not gram.equations:
        reasons = "; ".join(f"{label}: {why}" for label, why in gram.skipped)
        raise ValueError(f"no equation has a matrix ({reasons})")
    common = best_weight(gram)
    several = best_weights(gram) if len(gram.conditions) > 1 else None
    chosen = several.weights if several else gram.weights(common.weight)
    preconditioned = tuple(_preconditioned(gram, space, g) for g in GAMMAS)
    best = min(preconditioned, key=lambda p: p.kappa)
    better = gram.transform(symbol_preconditioner(gram, space, best.gamma))
    spectrum = gram.spectrum(common.weight)
    own = Size(modes, gram.size, common.kappa_at_one, common.weight, common.kappa, best.kappa)
    sizes = _sizes(problem, laws, choice, own)
    return Conditioning(
        basis=_in_words(space),
        family=choice.family,
        modes=modes,
        index=space.options.index,
        functions=gram.size,
        method=gram.method,
        notes=(*gram.notes, *_represented(space)),
        skipped=gram.skipped,
        curve=_curve(gram, common.weight),
        curve_preconditioned=_curve(better, common.weight),
        weight=common.weight,
        valley=common.valley,
        kappa=common.kappa,
        at_one=common.kappa_at_one,
        weights=several.weights if several else None,
        kappa_weights=several.kappa if several else common.kappa,
        weights_note=several.note if several else "",
        loss_weights=gram.loss_weights(chosen, relative=True),
        sizes=sizes,
        growth=_growth(sizes),
        preconditioned=preconditioned,
        values=spectrum.values,
        values_preconditioned=better.spectrum(best.weight).values,
        rank=spectrum.rank,
        effective_rank=spectrum.effective_rank,
    )


def _default_modes(problem: Problem, choice: Choice) -> int:
    require_boxes(problem)
    axes = component_axes(problem)
    index = choice.index or ("total" if max(len(own) for own in axes) > 3 else "box")
    modes = 1
    while modes < _LARGEST_MODES:
        options = choice.options(modes + 1, index)
        if sum(basis_size(options, own) for own in axes) > _MOST_FUNCTIONS:
            break
        modes += 1
    return modes


def _curve(gram: Gram, centre: float) -> Array:
    """λ and κ(A(λ)) over four decades on both sides of a weight and from 1e-2 to 1e4."""
    low, high = min(1e-2, centre / 1e2), max(1e4, centre * 1e2)
    weights = np.geomspace(low, high, _CURVE)
    return np.stack([weights, kappa_curve(gram, weights)], axis=1)


def _preconditioned(gram: Gram, space: Discretisation, gamma: float) -> Preconditioned:
    natural = natural_weight(gram, gamma)
    exact = gram.transform(symbol_preconditioner(gram, space, gamma, "exact"))
    best = best_weight(gram.transform(symbol_preconditioner(gram, space, gamma)))
    at_natural = float(kappa_curve(exact, [natural])[0])
    return Preconditioned(gamma, natural, at_natural, best.weight, best.kappa)


def _sizes(
    problem: Problem, laws: tuple[LawOperator, ...], choice: Choice, own: Size
) -> tuple[Size, ...]:
    """The same for a quarter, half and twice the modes, where these are not too many."""
    found = [own]
    wanted = {max(1, own.modes // 4), max(1, own.modes // 2), 2 * own.modes} - {own.modes}
    for modes in sorted(wanted):
        space = discretise(problem, choice.family, modes, choice.index)
        if modes > own.modes and space.size > _MOST_DOUBLED:
            continue
        found.append(_size(assemble(problem, space, laws), space))
    return tuple(sorted(found, key=lambda s: s.modes))


def _size(gram: Gram, space: Discretisation) -> Size:
    common = best_weight(gram)
    least = min(
        best_weight(gram.transform(symbol_preconditioner(gram, space, g))).kappa for g in GAMMAS
    )
    modes = space.options.modes_of(0)  # one for all axes, see `discretise`
    return Size(modes, gram.size, common.kappa_at_one, common.weight, common.kappa, least)


def _growth(sizes: tuple[Size, ...]) -> float | None:
    """Slope of log κ against log K between the two largest sizes."""
    if len(sizes) < 2 or sizes[-2].kappa <= 1:
        return None
    a, b = sizes[-2], sizes[-1]
    return log(b.kappa / a.kappa) / log(b.modes / a.modes)


def _represented(space: Discretisation) -> tuple[str, ...]:
    """What functions that are special at the ends of an axis mean for the reading of κ."""
    if space.options.family in _ENDS:
        return (f"{_ENDS[space.options.family]}: other solutions need another basis",)
    if space.options.family != "fourier":
        return ()
    names = [
        str(symbol)
        for part in space.parts
        for symbol, axis in zip(part.arguments, part.basis.axes, strict=True)
        if axis.period is None
    ]
    if not names:
        return ()
    return (
        f"the basis repeats itself in {', '.join(dict.fromkeys(names))}, where the problem does "
        "not: κ tells how hard the loss is to lower, not how well u is represented, nor whether "
        "the laws determine it (see --basis mixed)",
    )


def _in_words(space: Discretisation) -> str:
    options = space.options
    if options.family.startswith("random"):
        return f"{options.features} {options.family.replace('_', ' ')} features"
    names = {"fourier": "Fourier", "legendre": "Legendre", "chebyshev": "Chebyshev"}
    name = names.get(options.family, options.family)
    bound = "every |n_i|" if options.index == "box" else "the sum of all |n_i|"
    if all(len(part.arguments) == 1 for part in space.parts):
        bound = "|n|"
    return f"{name} basis with {bound} at most {options.modes}"
