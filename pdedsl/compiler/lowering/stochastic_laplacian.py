"""Which sums of second derivatives are estimated along random directions, and which are not.

A sum Σ_i c_i ∂²u/∂x_i² with constants c_i that a law depends on as a whole (see `collapse`) is
estimated where that takes a jet of fewer channels: with k directions and f axes whose derivatives
the law needs one by one k + f + 2, against the m + 2 or more of the exact jet. The derivatives
along the f axes remain exact.

A residual r keeps the mean E[r(Ŝ)] = r(S) only where it is affine in the estimates Ŝ jointly, as
E[Ŝ²] = S² + Var Ŝ. All other laws remain exact, and so do sums under an integral.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sympy as sp

from pdedsl.models import BasisModel, JetTable, MisfitError
from pdedsl.models.jets.lines import has_lines
from pdedsl.models.networks.hard import HardConditions
from pdedsl.models.networks.module import AnyModule

from .derivative_options import DerivativeOptions
from .groups import Network
from .plan import Derivative, DerivativeSum, Plan, Site, Sum
from .random_directions import Estimate, Stratum

_LEAST_FOR_VARIANCE = 2


def with_estimates(plan: Plan, options: DerivativeOptions, networks: Sequence[Network]) -> Plan:
    """The plan of a law with its sums estimated where that saves channels.

    Raises:
        MisfitError: the model of such a sum cannot be differentiated along lines.
    """
    if options.laplacian == "exact":
        return plan
    found = _estimates_of(plan, options)
    if not _affine(plan, found):
        return plan
    estimates = {site: e for site, e in found.items() if isinstance(e, Estimate)}
    for site in estimates:
        _check_model(options, networks[site.group])
    sites = tuple((s, estimates[s].table if s in estimates else t) for s, t in plan.sites)
    return replace(plan, sites=sites, estimates=tuple(estimates.items()))


def without_estimates(plan: Plan) -> Plan:
    """The plan with no estimate."""
    estimates = dict(plan.estimates)
    sites = tuple((s, estimates[s].exact if s in estimates else t) for s, t in plan.sites)
    return replace(plan, sites=sites, estimates=())


def why_exact(plan: Plan, options: DerivativeOptions) -> str | None:
    """Why a law with second or higher derivatives has no estimate; None where it has no such."""
    found = _estimates_of(plan, options)
    reasons = [found[site] for site, table in plan.sites if table.order > 1]
    if not _affine(plan, found):
        return "it is not affine in its sums of second derivatives: an estimate would be biased"
    if any(table.order > 1 for part in plan.integrands for _, table in part.sites):
        reasons.append("its second derivatives stand under an integral")
    return next((r for r in reasons if isinstance(r, str)), None)


def _estimates_of(plan: Plan, options: DerivativeOptions) -> dict[Site, Estimate | str]:
    """By site the estimate, or why there is none."""
    return {site: _estimate(plan, site, table, options) for site, table in plan.sites}


def _affine(plan: Plan, found: dict[Site, Estimate | str]) -> bool:
    """Whether all results are affine in all sums that would be estimated, jointly."""
    sums = [
        sp.Symbol(name, real=True) for name, item in plan.inputs
        if isinstance(item, DerivativeSum) and isinstance(found[item.site], Estimate)
    ]  # fmt: skip
    slopes = (sp.diff(r, s) for s in sums for r in plan.results)
    return not any(slope.has(*sums) and sp.expand(slope).has(*sums) for slope in slopes)


def _estimate(
    plan: Plan, site: Site, table: JetTable, options: DerivativeOptions
) -> Estimate | str:
    """The estimate of a site, or why there is none."""
    if not table.sums:
        return "it has no sum of second derivatives with constant coefficients"
    if len(table.sums) > 1:
        return "it has several different sums of derivatives"
    (terms,) = table.sums
    if any(sum(index) != 2 or max(index) != 2 for index, _ in terms):
        return "its sum of derivatives is not one of pure second derivatives alone"
    if len(terms) <= options.directions:
        return (
            f"its {len(terms)} second derivatives are not more than the "
            f"{options.directions} directions"
        )
    strata = _strata(terms, options)
    if strata is None:
        return "coefficients of both signs need at least two directions"
    needed = frozenset(
        item.index for _, item in plan.inputs
        if isinstance(item, Derivative) and item.site == site
    )  # fmt: skip
    axes = tuple(sorted({axis for index in needed for axis, power in enumerate(index) if power}))
    made = Estimate(len(site.arguments), strata, axes, needed, table)
    if made.table.channels >= table.channels:
        return (
            f"it needs derivatives along {len(axes)} axes one by one, so that an estimate would "
            "save nothing"
        )
    return made


def _strata(terms: Sum, options: DerivativeOptions) -> tuple[Stratum, ...] | None:
    """The axes by sign of the coefficient, with the directions shared out by their number."""
    parts: dict[int, list[tuple[int, float]]] = {}
    for index, c in sorted(terms, key=lambda term: term[1] < 0):
        parts.setdefault(1 if c > 0 else -1, []).append((index.index(2), abs(c)))
    if len(parts) > options.directions:
        return None
    assert options.laplacian != "exact"
    out = []
    counts = _shares([len(part) for part in parts.values()], options.directions)
    for (sign, part), count in zip(parts.items(), counts, strict=True):
        kind = "sparse" if count == len(part) else options.laplacian
        axes, weights = zip(*part, strict=True)
        out.append(Stratum(kind, axes, weights, sign, count))
    return tuple(out)


def _shares(sizes: Sequence[int], k: int) -> list[int]:
    """Directions of each stratum; where they suffice, enough to see the variance."""
    if len(sizes) == 1:
        return [k]
    small = min(range(2), key=lambda i: sizes[i])
    least = 1 if k < 2 * _LEAST_FOR_VARIANCE else min(_LEAST_FOR_VARIANCE, sizes[small])
    own = min(sizes[small], max(least, round(k * sizes[small] / sum(sizes))))
    own = max(own, k - sizes[1 - small])
    return [own, k - own] if small == 0 else [k - own, own]


def _check_model(options: DerivativeOptions, network: Network) -> None:
    model = network.model
    if has_lines(model):
        return
    what = {
        BasisModel: "a basis",
        HardConditions: "a model with hard conditions",
        AnyModule: "a module without derivative rules",
    }
    raise MisfitError(
        f'derivatives: laplacian = "{options.laplacian}" takes derivatives along random lines, '
        "which networks of layers have (mlp, modified_mlp, residual_mlp, fourier); "
        f"{what.get(type(model), type(model).__name__)}, as here for "
        f"{', '.join(network.group.components)}, has its derivatives along the axes alone: use "
        'laplacian = "exact"'
    )
