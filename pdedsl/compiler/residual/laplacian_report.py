r"""How far the estimates of sums of second derivatives are from exact.

With t_j = v_jᵀ H v_j along the k directions of a stratum with m axes and s² their sample variance,

.. math:: \hat S = \frac1k \sum_j t_j, \qquad
          \widehat{\mathrm{Var}}\,\hat S = \frac{s^2}{k} \cdot
          \begin{cases} 1 & \text{independent directions,} \\
                        1 - k/m & \text{axes without replacement} \end{cases}

(Cochran, Sampling Techniques, 1977, section 2.6). A squared residual with an estimate in it has
the mean E[r̂²] = r² + Var r̂ over the directions.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan, sqrt
from typing import Any

import torch
from torch import Tensor

from pdedsl.compiler.evaluation.ansatz import Ansatz
from pdedsl.compiler.evaluation.evaluation import arguments_at, evaluate
from pdedsl.compiler.evaluation.point_batch import PointBatch
from pdedsl.compiler.lowering.derivative_options import DerivativeOptions
from pdedsl.compiler.lowering.plan import DerivativeSum, Plan, Site
from pdedsl.compiler.lowering.random_directions import Estimate
from pdedsl.compiler.lowering.stochastic_laplacian import why_exact, without_estimates
from pdedsl.models import Reader
from pdedsl.models.jets.lines import LineModel, jet_along

from .block import Block

# Numbers of the input jets that a look without estimate may take, and those held at once.
_AFFORDABLE = 2**29
_AT_ONCE = 2**24


def estimator_report(
    blocks: Sequence[Block], ansatz: Ansatz, options: DerivativeOptions, theta: Tensor
) -> dict[str, dict[str, Any]]:
    """How far estimates are from exact, at the points of the laws.

    Returns:
        By label of the laws that have second or higher derivatives:

        - ``kind``: ``hutchinson``, ``sparse`` or ``exact``;
        - ``directions``: k, and ``derivatives``: the number m of terms of the sum;
        - ``standard_error``: √Var Ŝ, as a root mean square over the points; None where one
          direction alone does not tell it;
        - ``relative``: the same as a part of the root mean square of Ŝ;
        - ``rms``: root mean square of the residual of a law with an estimate, but taken without
          it; None where that takes too long;
        - ``reason``: why the law is exact, or has no standard error; else None.

        Empty where nothing was to be estimated.
    """
    out: dict[str, dict[str, Any]] = {}
    if options.laplacian == "exact":
        return out
    for block in blocks:
        reason = why_exact(without_estimates(block.plan), options)
        if block.plan.estimates:
            out[block.label] = _entry(ansatz, options, block, theta)
        elif reason is not None:
            out[block.label] = {
                "kind": "exact", "directions": None, "derivatives": None,
                "standard_error": 0.0, "relative": 0.0, "rms": None, "reason": reason,
            }  # fmt: skip
    return out


def _exact_rms(ansatz: Ansatz, block: Block, theta: Tensor) -> float | None:
    """Root mean square of the residual without estimate; None where that is too large."""
    plan = without_estimates(block.plan)
    size = max(table.channels * table.dimension for _, table in plan.sites)
    if len(block.data) * size > _AFFORDABLE:
        return None
    total = 0.0
    with torch.no_grad():
        for chunk in block.unweighted().chunks(max(1, _AT_ONCE // size)):
            for _, values in chunk.rows(evaluate(ansatz, theta, plan, chunk.batch)):
                total += float(values.square().sum())
    return sqrt(total)


def _entry(
    ansatz: Ansatz, options: DerivativeOptions, block: Block, theta: Tensor
) -> dict[str, Any]:
    count, squares, variances = 0, 0.0, 0.0
    for site, estimate in block.plan.estimates:
        sums = (item for _, item in block.plan.inputs if isinstance(item, DerivativeSum))
        outputs = sorted(item.output for item in sums if item.site == site)
        step = max(1, _AT_ONCE // ((2 * estimate.directions + 1) * estimate.inputs))
        for chunk in block.chunks(step):
            second = _samples(ansatz, block.plan, site, estimate, chunk.batch, theta)
            value, variance = _estimate_and_variance(estimate, second[..., outputs])
            count += value.numel()
            squares += float(value.square().sum())
            variances += float(variance.sum())
    error, size = sqrt(variances / count), sqrt(squares / count)
    known = not isnan(error)
    estimates = [estimate for _, estimate in block.plan.estimates]
    return {
        "kind": options.laplacian,
        "directions": max(e.directions for e in estimates),
        "derivatives": max(sum(len(s.axes) for s in e.strata) for e in estimates),
        "standard_error": error if known else None,
        "relative": error / size if known and size else None,
        "rms": _exact_rms(ansatz, block, theta),
        "reason": None if known else "one direction alone does not tell its variance",
    }


def _samples(
    ansatz: Ansatz, plan: Plan, site: Site, estimate: Estimate, rows: PointBatch, theta: Tensor
) -> Tensor:
    """v_jᵀ H v_j / k for every direction: (directions, n, outputs)."""
    network = ansatz.networks[site.group]
    code = dict(zip((s for s, _ in plan.sites), plan.site_code, strict=True))[site]
    at = arguments_at(site.arguments, code, ansatz.inputs, rows.points)
    table, second = estimate.samples
    lines = estimate.lines(rows.draws[site], at)[:, : estimate.directions]
    model = network.model
    assert isinstance(model, LineModel)
    with torch.no_grad():
        jet = jet_along(model, Reader(theta, network.offset), at, lines, table)
    return torch.stack([2 * jet[table.channel(index)] for index in second])


def _estimate_and_variance(estimate: Estimate, second: Tensor) -> tuple[Tensor, Tensor]:
    """The estimate and its variance at every point."""
    value = variance = torch.zeros_like(second[0])
    start = 0
    for stratum in estimate.strata:
        k, m = stratum.count, len(stratum.axes)
        terms = k * second[start : start + k]
        start += k
        value = value + stratum.sign * terms.mean(dim=0)
        if stratum.exact:
            continue
        part = 1 - k / m if stratum.kind == "sparse" else 1.0
        # One direction has no sample variance: NaN, which is passed on.
        spread = terms.var(dim=0) if k > 1 else torch.full_like(value, torch.nan)
        variance = variance + part * spread / k
    return value, variance
