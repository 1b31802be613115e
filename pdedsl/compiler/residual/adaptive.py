r"""Points of equations drawn where the residual is large.

Of a pool of candidates from the usual sampler, points are drawn without replacement with

.. math:: p_i ∝ \frac{|r_i|^{k}}{\operatorname{mean}_j |r_j|^{k}} + c

(RAD: Wu, Zhu, Tan, Kartha and Lu, Comput. Methods Appl. Mech. Eng. 403, 2023, equation 2); for a
law with several components |r| is their Euclidean norm. They count alike in the loss, which is
thereby no longer the mean of r² over the place: large residuals count for more.

The points either replace those before (RAD) or are added to them (RAR-D, equation 2 and algorithm 3
there), so that what was learnt at the old ones is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pdedsl.compiler.evaluation.ansatz import Ansatz
from pdedsl.compiler.evaluation.evaluation import evaluate

from .block import Block, chunks_of

_STREAM = 0xADA  # apart from the streams of the points themselves


@dataclass(frozen=True)
class Adaptive:
    """How points are drawn.

    Args:
        theta: the state whose residual counts, shape (P,).
        power: k; 0 draws uniformly.
        uniform: c, the part that does not depend on the residual.
        candidates: candidates for each point that is drawn.
        added: points that are added to those of each law; 0 for as many as before in their place.
        most: points of a law beyond which none are added.
    """

    theta: Tensor
    power: float = 1.0
    uniform: float = 1.0
    candidates: int = 10
    added: int = 0
    most: int = 0

    def count(self, points: int) -> int:
        """How many are drawn for a law that has so many points."""
        return max(0, min(self.added, self.most - points)) if self.added else points


def concentrate(pool: Block, count: int, how: Adaptive, ansatz: Ansatz, seed: int) -> Block:
    """The block with ``count`` points of a pool, or with all where it has no more.

    Raises:
        ValueError: the pool are the nodes of a quadrature, which belong together.
    """
    if pool.map.roots is not None or not pool.map.diagonal:
        raise ValueError("adaptive: expected a sampling other than gauss, whose nodes are fixed")
    with torch.no_grad():
        parts = [
            torch.stack(evaluate(ansatz, how.theta, pool.plan, chunk.batch)).norm(dim=0)
            for chunk in chunks_of((pool,), None, ansatz, pool.points)
        ]
    sizes = torch.cat(parts).double().cpu().numpy()
    rng = np.random.default_rng((abs(seed), crc32(pool.label.encode()), _STREAM))
    chosen = draw(probabilities(sizes, how.power, how.uniform), count, rng)
    data = pool.data.at(torch.from_numpy(chosen).to(pool.points.device))
    return replace(pool, data=data, map=replace(pool.map, points=len(data)))


def probabilities(sizes: NDArray[np.float64], power: float, uniform: float) -> NDArray[np.float64]:
    """Probability p of each candidate, with sum 1.

    Args:
        sizes: |r|, shape (n,); those that are no finite numbers count like the largest.
        power: k.
        uniform: c.
    """
    finite = np.isfinite(sizes)
    # Divided by the largest, so that no power overflows.
    largest = sizes[finite].max(initial=0.0) or 1.0
    weights = np.where(finite, sizes / largest, 1.0) ** power
    mean = weights.mean()
    density = (weights / mean if mean > 0.0 else np.ones_like(weights)) + uniform
    return np.asarray(density / density.sum())


def draw(p: NDArray[np.float64], count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    r"""Indices of ``count`` draws without replacement, in order (Efraimidis and Spirakis 2006).

    The i-th key is :math:`\log(u_i)/p_i` with u uniform; the largest keys win.
    """
    with np.errstate(divide="ignore"):
        keys = np.log(rng.random(len(p))) / p
    return np.sort(np.argsort(keys, kind="stable")[::-1][:count])
