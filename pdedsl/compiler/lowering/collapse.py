r"""Sums of highest derivatives carried as one channel.

Where all results depend on derivatives D_1, …, D_m of one component at one site only through
s = Σ c_j D_j with constants c_j, the jet need only carry s: for the Laplacian in d dimensions
d + 2 channels in place of 2d + 1. The dependence is that of s alone exactly when
∂r/∂D_j = (c_j/c_1) ∂r/∂D_1 for every result r; then D_1 is replaced by s/c_1 and the others by 0.
A derivative can be part of a sum only if no other derivative at the site needs it on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp

from pdedsl.models.jets.multiindices import MultiIndex

from .plan import Derivative, DerivativeSum, Input, Site

# Beyond this size the symbolic comparison costs more than the channels it may save.
_LARGEST = 4000


@dataclass(frozen=True)
class Merge:
    """Derivatives of one component with their coefficients; the first is 1."""

    names: tuple[str, ...]
    coefficients: tuple[sp.Expr, ...]


def collapse(
    inputs: dict[str, Input], results: Sequence[sp.Basic]
) -> tuple[dict[str, Input], list[sp.Basic], list[str]]:
    """Merge derivatives where that is exact; see the module docstring.

    Returns:
        The inputs by identifier and the results in them with the merged ones replaced, and a line
        of text for each merge.
    """
    inputs, results, notes = dict(inputs), list(results), list[str]()
    if (
        any(not isinstance(r, sp.Expr) for r in results)
        or sum(map(sp.count_ops, results)) > _LARGEST
    ):
        return inputs, results, notes
    sites = dict.fromkeys(i.site for i in inputs.values() if isinstance(i, Derivative))
    for site in sites:
        for merge in _merges(site, inputs, results):
            results, note = _apply(merge, inputs, results)
            notes.append(note)
    return inputs, results, notes


def _merges(site: Site, inputs: dict[str, Input], results: list[sp.Basic]) -> list[Merge]:
    here = {n: i for n, i in inputs.items() if isinstance(i, Derivative) and i.site == site}
    indices = {i.index: sum(i.index) for i in here.values()}
    free = {n for n, i in here.items() if _highest(i.index, indices)}
    while True:
        classes: list[Merge] = []
        for output in sorted({i.output for i in here.values()}):
            classes += _classes(
                [n for n in here if n in free and here[n].output == output], results
            )
        alone = {here[n].index for n in here if n not in free}
        alone |= {here[m.names[0]].index for m in classes if len(m.names) == 1}
        kept = {n for n in free if here[n].index not in alone}
        if kept == {n for m in classes if len(m.names) > 1 for n in m.names}:
            return [m for m in classes if len(m.names) > 1]
        free = kept


def _highest(index: MultiIndex, degrees: dict[MultiIndex, int]) -> bool:
    """Second order or more, and below no other of the indices with their degrees."""
    own = degrees[index]
    below = (
        degree > own and all(a <= b for a, b in zip(index, other, strict=True))
        for other, degree in degrees.items()
    )  # fmt: skip
    return own >= 2 and not any(below)


def _classes(names: list[str], results: list[sp.Basic]) -> list[Merge]:
    """Group derivatives whose effects on all results are proportional."""
    slopes = {n: [sp.diff(r, sp.Symbol(n, real=True)) for r in results] for n in names}
    out: list[Merge] = []
    for name in names:
        for number, merge in enumerate(out):
            ratio = _ratio(slopes[name], slopes[merge.names[0]])
            if ratio is not None:
                out[number] = Merge((*merge.names, name), (*merge.coefficients, ratio))
                break
        else:
            out.append(Merge((name,), (sp.S.One,)))
    return out


def _ratio(slopes: list[sp.Expr], base: list[sp.Expr]) -> sp.Expr | None:
    """The constant c with slopes = c·base, or None."""
    pair = next(((a, b) for a, b in zip(slopes, base, strict=True) if b != 0), None)
    if pair is None or pair[0] == 0:
        return None
    ratio = pair[0] / pair[1]
    if not ratio.is_number or not ratio.is_finite:
        return None
    rest = (sp.expand(a - ratio * b) for a, b in zip(slopes, base, strict=True))
    return ratio if all(r == 0 for r in rest) else None


def _apply(
    merge: Merge, inputs: dict[str, Input], results: list[sp.Basic]
) -> tuple[list[sp.Basic], str]:
    items = [item for n in merge.names if isinstance(item := inputs.pop(n), Derivative)]
    pairs = zip(items, merge.coefficients, strict=True)
    terms = tuple(sorted((item.index, float(c)) for item, c in pairs))
    name = f"sum_{merge.names[0]}"
    while name in inputs:
        name += "_"
    inputs[name] = DerivativeSum(items[0].site, items[0].output, terms)
    change = {sp.Symbol(n, real=True): sp.S.Zero for n in merge.names[1:]}
    change[sp.Symbol(merge.names[0], real=True)] = sp.Symbol(name, real=True)
    parts = [n if c == 1 else f"{float(c)!r}*{n}" for n, c in zip(
        merge.names, merge.coefficients, strict=True)]  # fmt: skip
    return [r.subs(change, simultaneous=True) for r in results], f"{name} = {' + '.join(parts)}"
