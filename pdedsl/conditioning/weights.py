r"""Weights of the conditions that make A(λ) as well conditioned as they can.

On the complement of the common kernel, λ_max(A) is a convex and λ_min(A) a concave function of
the weights, as the largest and smallest of functions xᵀA(λ)x that are linear in them. So the sets
{κ ≤ c} = {λ_max − c λ_min ≤ 0} are convex: κ is quasi-convex, every local minimum is global, and
along a line it falls and then rises.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, inf, log

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize, minimize_scalar

from .gram import Gram, stacked_terms
from .spectrum import compressed, numerical_rank

Array = NDArray[np.float64]

_DECADES = 10
_SCAN = 21
_VALLEY = 1.1
_CLOSE = 1.01
_ROUNDS = 4
_COARSE = 7
_ROUNDING = 1e-13  # of the largest factor: conditions that all functions satisfy, but for rounding


@dataclass(frozen=True)
class BestWeight:
    """The best common weight of all conditions.

    Args:
        weight: λ; 1 where there is nothing to weigh.
        kappa: κ(A(λ)) there.
        valley: the interval of λ with κ within 10 % of the best; 0 and infinity stand for ends
            beyond the range that was searched.
        kappa_at_one: κ(A(1)).
    """

    weight: float
    kappa: float
    valley: tuple[float, float]
    kappa_at_one: float


@dataclass(frozen=True)
class BestWeights:
    """The best weight of each law.

    Args:
        weights: label to λ, for all laws.
        kappa: κ(A(λ)) there.
        common: the best common weight, from which the search started.
    """

    weights: dict[str, float]
    kappa: float
    common: BestWeight


class Pencil:
    """κ(Σ_l λ_l A_l) on the complement of the common kernel of the parts.

    Args:
        factors: R_l with A_l = R_lᵀR_l, each of shape (rows, P). One whose norm is a rounding
            error beside the largest counts as zero, and so does its entry of ``sizes``.
    """

    def __init__(self, factors: Sequence[Array]) -> None:
        norms = [float(np.linalg.norm(f, 2)) if f.size else 0.0 for f in factors]
        floor = _ROUNDING * max(norms, default=0.0)
        self.sizes = [norm if norm > floor else 0.0 for norm in norms]
        factors = [f if s else 0 * f for f, s in zip(factors, self.sizes, strict=True)]
        scaled = [f / s if s else f for f, s in zip(factors, self.sizes, strict=True)]
        stack = compressed(np.concatenate(scaled))
        _, found, right = np.linalg.svd(stack, full_matrices=True)
        self.rank = numerical_rank(found, stack.shape)
        # Rotating a factor that loses nothing would only add rounding errors.
        whole = self.rank == stack.shape[1]
        basis = right[: self.rank].T
        self.factors = [f if whole else compressed(f @ basis) for f in factors]

    def kappa(self, weights: Sequence[float]) -> float:
        """κ at these weights, one a factor; infinity where A has a kernel beyond the common."""
        if not self.rank:
            return 1.0
        pairs = zip(weights, self.factors, strict=True)
        stack = np.concatenate([np.sqrt(w) * f for w, f in pairs])
        if len(stack) < self.rank:
            return inf
        found = np.linalg.svd(stack, compute_uv=False)
        return float((found[0] / found[-1]) ** 2) if found[-1] > 0 else inf


def kappa_curve(gram: Gram, weights: Sequence[float] | Array) -> Array:
    """κ(A(λ)) for a common weight λ of all conditions, on the complement of the kernel.

    Args:
        gram: the matrix by laws.
        weights: values of λ, positive.

    Returns:
        κ, of the shape of ``weights``.
    """
    pencil = _two_parts(gram)
    return np.array([pencil.kappa((1.0, float(w))) for w in weights])


def best_weight(gram: Gram) -> BestWeight:
    """The common weight λ of all conditions that minimises κ(A(λ)).

    A scan over ten decades on both sides of ‖A_eq‖/‖A_conditions‖ brackets the minimum, and
    Brent's method in log λ finds it. Where κ stays within 1 % of the minimum however small λ is
    (the equations alone are invertible on this basis), the largest λ with that κ is taken, as
    κ does not see that conditions of no weight are not met; likewise the smallest where it does
    however large λ is, and λ = 1 where it always does.
    """
    pencil = _two_parts(gram)
    at_one = pencil.kappa((1.0, 1.0))
    if not all(pencil.sizes):
        return BestWeight(1.0, at_one, (0.0, inf), at_one)

    def value(x: float) -> float:
        return log(pencil.kappa((1.0, exp(x)))) if pencil.rank else 0.0

    centre = 2 * log(pencil.sizes[0] / pencil.sizes[1])
    reach = _DECADES * log(10)
    x, least = _minimum(value, centre - reach, centre + reach)
    ends = centre - reach, centre + reach
    valley = _valley(value, x, least + log(_VALLEY), *ends)
    close = _valley(value, x, least + log(_CLOSE), *ends)
    if close[0] == 0 or close[1] == inf:
        x = 0.0 if close == (0.0, inf) else log(close[1] if close[1] < inf else close[0])
    return BestWeight(exp(x), exp(value(x)), valley, at_one)


def best_weights(gram: Gram, free: Sequence[str] | None = None, span: float = 100.0) -> BestWeights:
    """A weight for each of several laws that makes κ small.

    From the best common weight, searches along one weight after another, then the simplex method
    of Nelder and Mead in the logarithms. κ has kinks, where neither need find the minimum; the
    result is never worse than the common weight.

    Args:
        gram: the matrix by laws.
        free: labels of the laws that get a weight of their own; all conditions by default. The
            others keep theirs.
        span: each weight stays within this factor of the common one. Without a bound, laws that
            are not needed to make A invertible may lose all their weight, and are then not met.

    Raises:
        ValueError: a label that the matrix does not have, or a span below 1.
    """
    if not 1 <= span < inf:
        raise ValueError(f"span: expected a finite number of at least 1, got {span}")
    common = best_weight(gram)
    labels = list(gram.conditions if free is None else free)
    gram.weights(dict.fromkeys(labels, 1.0))
    weights = gram.weights(common.weight)
    pencil = Pencil([t.factor for t in gram.terms])
    sizes = dict(zip(gram.labels, pencil.sizes, strict=True))
    active = [label for label in labels if sizes[label]]
    if len(gram.labels) < 2 or not active:
        return BestWeights(weights, common.kappa, common)

    def value(logs: Array) -> float:
        now = weights | {n: exp(v) for n, v in zip(active, logs, strict=True)}
        kappa = pencil.kappa([now[label] for label in gram.labels])
        return log(kappa) if np.isfinite(kappa) else 1e3

    start = np.log([weights[label] for label in active])
    logs, least = _descend(value, start, log(span))
    if least >= log(common.kappa):
        return BestWeights(weights, common.kappa, common)
    found = {n: exp(v) for n, v in zip(active, logs, strict=True)}
    return BestWeights(weights | found, exp(least), common)


def natural_weight(measure: float | Gram, gamma: float) -> float:
    """λ = |Ω|/γ², the weight of conditions that belongs to a preconditioner with parameter γ.

    For u'' on (−π, π) it is the 2π/γ² of De Ryck et al., arXiv 2310.05801, section 3.
    """
    if not gamma > 0:
        raise ValueError(f"gamma: expected a positive number, got {gamma}")
    return (measure.measure if isinstance(measure, Gram) else measure) / gamma**2


def _two_parts(gram: Gram) -> Pencil:
    inside = [t for t in gram.terms if t.interior]
    others = [t for t in gram.terms if not t.interior]
    return Pencil([stacked_terms(inside, gram.size), stacked_terms(others, gram.size)])


def _minimum(value: Callable[[float], float], low: float, high: float) -> tuple[float, float]:
    """Place and value of the minimum of a quasi-convex function on an interval."""
    grid = np.linspace(low, high, _SCAN)
    values = [value(x) for x in grid]
    i = int(np.argmin(values))
    ends = grid[max(i - 1, 0)], grid[min(i + 1, _SCAN - 1)]
    found = minimize_scalar(value, bounds=ends, method="bounded", options={"xatol": 1e-6})
    if found.fun < values[i]:
        return float(found.x), float(found.fun)
    return float(grid[i]), float(values[i])


def _valley(
    value: Callable[[float], float], x: float, level: float, low: float, high: float
) -> tuple[float, float]:
    """The ends of {value ≤ level} about x, as exponentials."""

    def end(edge: float, beyond: float) -> float:
        if value(edge) <= level:
            return beyond
        return exp(brentq(lambda y: value(y) - level, edge, x, xtol=1e-4))

    return end(low, 0.0), end(high, inf)


def _descend(value: Callable[[Array], float], start: Array, reach: float) -> tuple[Array, float]:
    """A low place within a distance of the start along each axis."""
    bounds = [(x - reach, x + reach) for x in start]
    at, least = start.copy(), value(start)
    for _ in range(_ROUNDS if len(start) > 1 else 1):
        before = least
        for i, ends in enumerate(bounds):
            at, least = _along(value, at, least, i, ends)
        if before - least < 1e-3:
            break
    if len(start) > 1:
        options = {"maxfev": 60 * len(start), "xatol": 1e-3, "fatol": 1e-5}
        found = minimize(value, at, method="Nelder-Mead", bounds=bounds, options=options)
        if found.fun < least:
            at, least = found.x, float(found.fun)
    return at, least


def _along(
    value: Callable[[Array], float],
    at: Array,
    least: float,
    i: int,
    ends: tuple[float, float],
) -> tuple[Array, float]:
    """The minimum along one axis."""

    def moved(x: float) -> Array:
        out = at.copy()
        out[i] = x
        return out

    grid = np.linspace(*ends, _COARSE)
    values = [value(moved(x)) for x in grid]
    k = int(np.argmin(values))
    bracket = grid[max(k - 1, 0)], grid[min(k + 1, _COARSE - 1)]
    found = minimize_scalar(
        lambda x: value(moved(x)), bounds=bracket, method="bounded", options={"xatol": 1e-3}
    )
    best = min((least, at[i]), (values[k], float(grid[k])), (float(found.fun), float(found.x)))
    return moved(best[1]), best[0]
