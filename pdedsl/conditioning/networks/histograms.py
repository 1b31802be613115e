"""Counts of numbers in cells of equal width, or of equal width in log₁₀."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pdedsl.conditioning.arrays import Array


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts of numbers.

    Args:
        edges: of the cells, shape (cells + 1,).
        counts: shape (cells,).
        below: how many numbers are below the first edge.
    """

    edges: Array
    counts: Array
    below: int = 0

    @property
    def density(self) -> Array:
        """Counts with the integral 1 over the cells; zero where nothing is in them."""
        total = float((self.counts * np.diff(self.edges)).sum())
        return self.counts / total if total else np.zeros_like(self.counts)


def shared_histograms(samples: Mapping[str, Array], cells: int = 60) -> dict[str, Histogram]:
    """Histograms of several samples over the same cells, which cover all of them."""
    joined = np.concatenate([np.ravel(s) for s in samples.values()])
    edges = np.histogram_bin_edges(joined, cells)
    return {name: _counted(np.ravel(s), edges) for name, s in samples.items()}


def log_histograms(samples: Mapping[str, Array], cells_per_decade: int = 2) -> dict[str, Histogram]:
    """Histograms of log₁₀ of numbers ≥ 0 over the same cells, which end at whole decades.

    Zeros are only counted (``below``).
    """
    kept = {name: s[s > 0] for name, s in samples.items()}
    logs = {name: np.log10(s) for name, s in kept.items()}
    joined = np.concatenate(list(logs.values()))
    low, high = (np.floor(joined.min()), np.ceil(joined.max())) if joined.size else (0.0, 1.0)
    decades = max(1, int(high - low))
    edges = np.linspace(low, low + decades, decades * cells_per_decade + 1)
    return {
        name: _counted(logs[name], edges, len(np.ravel(s)) - len(kept[name]))
        for name, s in samples.items()
    }


def _counted(sample: Array, edges: Array, below: int = 0) -> Histogram:
    return Histogram(edges, np.histogram(sample, edges)[0].astype(np.float64), below)
