r"""Spectra of JᵀJ for models that are not linear in their parameters.

Near a state θ gradient descent on L = ‖r‖² contracts along the eigenvectors of 2JᵀJ at the rates
of its eigenvalues, as for the matrix A of a model that is linear. The eigenvalues are the squared
singular values of J, which keeps the small ones accurate.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from torch import Tensor

from pdedsl.compiler import ResidualSystem
from pdedsl.conditioning.arrays import Array, as_array
from pdedsl.conditioning.spectrum import Spectrum, spectrum

from .histograms import Histogram, log_histograms


def tangent_spectrum(system: ResidualSystem, theta: Tensor) -> Spectrum:
    """The spectrum of J(θ)ᵀJ(θ), rows scaled as in the loss."""
    return spectrum(as_array(system.jacobian(theta)))


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


def spectrum_histograms(spectra: Mapping[str, Spectrum]) -> dict[str, Histogram]:
    """Histograms of log₁₀ of the non-zero eigenvalues, on shared cells; zeros are in ``below``."""
    samples = {
        name: np.where(np.arange(len(s.values)) < s.rank, s.values, 0.0)
        for name, s in spectra.items()
    }
    return log_histograms(samples)
