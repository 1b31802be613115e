r"""Green's functions of a law on the tangent space of a model.

With D the derivative of the law's residual in the fields at the state θ, and φ_p = ∂_p u,

.. math:: g(x, y) = \sum_{p,q} φ_p(x) G^†_{pq} (Dφ_q)(y), \qquad
          (Rf)(x) = \int g(x, y) f(y) dy

(Schwencke and Furtlehner, ICLR 2025, arXiv 2412.10782, the generalised Green's function of D on
the tangent space T). With G_{pq} = ∫ Dφ_p Dφ_q, the law alone, D∘R is the orthogonal projection
on D[T]. With the conditions as further rows of G, R f is the element of T that minimises
‖Dv − f‖² + Σ_l λ_l mean (B_l v)², and g is near the Green's function of the problem where T can
satisfy both: all integrals become those of the system, by ``gauss`` to rounding.
"""

from __future__ import annotations

import numpy as np
from torch import Tensor

from pdedsl.compiler import ResidualSystem
from pdedsl.conditioning.arrays import Array, as_array, as_tensor
from pdedsl.geometry import domain_bounds
from pdedsl.ir import Interior

from .tangent import Metric, features


def greens_function(
    system: ResidualSystem,
    theta: Tensor,
    label: str,
    x: Array | Tensor,
    y: Array | Tensor,
    laws: tuple[str, ...] | None = None,
    cutoff: float | None = None,
) -> Array:
    """g(x, y) of a law in the interior.

    Args:
        system: its points and weights give G.
        theta: state, shape (P,).
        label: the law whose operator is inverted.
        x: where the solution is, points (n, inputs).
        y: where the right-hand side is, points (m, inputs).
        laws: labels of the laws whose rows are in G; None for all.
        cutoff: see `Metric.of`.

    Returns:
        g[c, i, e, j]: component c at x_i for equation e of the law at y_j, shape
        (components, n, equations, m).

    Raises:
        ValueError: the law does not hold in the interior, has the weight 0, or is not among
            ``laws``.
    """
    unit = _mean_to_integral(system, label)
    metric = Metric.of(_rows(system, theta, label, laws), cutoff)
    solution = metric.whitened(features(system, theta, x))
    source = metric.whitened(
        as_array(system.residual_jacobian_at(theta, label, as_tensor(system, y)))
    )
    return np.einsum("cip,ejp->ciej", solution, unit * source, optimize=True)


def _rows(system: ResidualSystem, theta: Tensor, label: str, laws: tuple[str, ...] | None) -> Array:
    """The rows of J of the laws that are asked for."""
    labels = [block.label for block in system.blocks]
    chosen = labels if laws is None else list(laws)
    for name in chosen:
        if name not in labels:
            raise ValueError(f"laws: expected labels among {', '.join(labels)}, got {name!r}")
    if label not in chosen:
        raise ValueError(f"laws: {label}, whose operator is inverted, must be among them")
    jacobian = as_array(system.jacobian(theta))
    return np.concatenate([jacobian[b.rows] for b in system.blocks if b.label in chosen])


def _mean_to_integral(system: ResidualSystem, label: str) -> float:
    """w/(m |Ω|): the loss holds w times the mean over the place and the m equations."""
    law = system.problem.law(label)
    if not isinstance(law.place, Interior):
        raise ValueError(f"{label} does not hold in the interior of a domain")
    block = next(b for b in system.blocks if b.label == label)
    if not block.weight:
        raise ValueError(f"{label} has the weight 0 and is not in the metric")
    bounds = domain_bounds(system.problem, law.place.domain).values()
    volume = float(np.prod([high - low for low, high in bounds]))
    return block.weight / (len(law.residuals) * volume)
