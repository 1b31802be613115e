r"""Spectra of JᵀJ for models that are not linear in their parameters.

Near a state θ gradient descent on L = ‖r‖² contracts along the eigenvectors of 2JᵀJ at the rates
of its eigenvalues, as for the matrix A of a model that is linear. The eigenvalues are the squared
singular values of J, which keeps the small ones accurate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from torch import Tensor

from pdedsl.compiler import ResidualSystem, build
from pdedsl.conditioning.arrays import Array, as_array
from pdedsl.conditioning.spectrum import Spectrum, spectrum
from pdedsl.ir import Problem
from pdedsl.models import ModelSpec

from .histograms import Histogram, log_histograms


def tangent_spectrum(
    system: ResidualSystem, theta: Tensor, cutoff: float | None = None
) -> Spectrum:
    """The spectrum of J(θ)ᵀJ(θ), rows scaled as in the loss.

    Args:
        system: gives J.
        theta: state, shape (P,).
        cutoff: singular values at or below ``cutoff`` times the largest count as zero; None for
            max(rows, P) ε.
    """
    return spectrum(as_array(system.jacobian(theta)), cutoff)


def spectra_along(
    system: ResidualSystem, thetas: Iterable[Tensor], cutoff: float | None = None
) -> tuple[Spectrum, ...]:
    """`tangent_spectrum` at each of several states, such as those of a training."""
    return tuple(tangent_spectrum(system, theta, cutoff) for theta in thetas)


def initial_spectra(
    problem: Problem,
    models: Mapping[str, ModelSpec | Mapping[str, Any] | str],
    points: Mapping[str, int] | None = None,
    weights: Mapping[str, float] | None = None,
    sampling: str = "gauss",
    seed: int = 0,
    cutoff: float | None = None,
) -> dict[str, Spectrum]:
    """`tangent_spectrum` of several models of one problem at their first parameters.

    Args:
        problem: its laws give J.
        models: name to kind and options.
        points: see `pdedsl.compiler.build`, as the next three.
        weights: of the laws.
        sampling: the same points for all models.
        seed: of the points and of the parameters.
        cutoff: see `tangent_spectrum`.
    """
    systems = {
        name: build(problem, model, points, sampling, weights, seed=seed)
        for name, model in models.items()
    }
    return {name: tangent_spectrum(s, s.theta0, cutoff) for name, s in systems.items()}


def participation_ratio(values: Array) -> float:
    """(Σμ)²/Σμ² of eigenvalues μ ≥ 0: n for n equal ones, 0 for none.

    The participation ratio of Bell and Dean (Discuss. Faraday Soc. 50, 1970), for eigenvalues
    in place of amplitudes. It is at most the exponential of the entropy,
    ``Spectrum.effective_rank``: both are Hill numbers, of order 2 and 1.
    """
    largest = values.max(initial=0.0)
    if not largest > 0:
        return 0.0
    shares = values / largest
    return float(shares.sum() ** 2 / (shares**2).sum())


def spread(found: Spectrum, low: float = 10.0, high: float = 90.0) -> float:
    """Decades between two percentiles of the eigenvalues that count as non-zero."""
    if not found.rank:
        return 0.0
    ends = np.percentile(np.log10(found.values[: found.rank]), [low, high])
    return float(ends[1] - ends[0])


def spectrum_histograms(
    spectra: Mapping[str, Spectrum], cells_per_decade: int = 2
) -> dict[str, Histogram]:
    """Histograms of log₁₀ of the non-zero eigenvalues, on shared cells; zeros are in ``below``."""
    samples = {
        name: np.where(np.arange(len(s.values)) < s.rank, s.values, 0.0)
        for name, s in spectra.items()
    }
    return log_histograms(samples, cells_per_decade)


def slowness(system: ResidualSystem, theta: Tensor, residuals: Array | None = None) -> Array:
    r"""How slowly gradient descent removes given residuals, at first.

    .. math:: \frac{λ_{\max}(JJ^T)\, ‖w‖^2}{‖J^T w‖^2}

    It is at least 1, and at most κ for residuals w that J can produce. A model with far more
    parameters than the solution needs always has eigenvalues near zero; they cost nothing where
    the residual has no part along them, and this number sees only those parts.

    Args:
        system: gives J.
        theta: state, shape (P,).
        residuals: rows w, shape (k, N), scaled as r; None for r(θ) alone.

    Returns:
        Shape (k,); infinite where Jᵀw vanishes.
    """
    jacobian = as_array(system.jacobian(theta))
    rows = as_array(system.residual(theta))[None] if residuals is None else residuals
    largest = np.linalg.norm(jacobian, 2) ** 2
    reached = np.sum((rows @ jacobian) ** 2, axis=1)
    with np.errstate(divide="ignore"):
        return np.asarray(largest * np.sum(rows**2, axis=1) / reached)
