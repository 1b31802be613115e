r"""Weights that give every law the same mean rate of convergence in the tangent kernel.

For the kernel :math:`K_i = J_i J_i^T` of the residuals of a law at N_i points,

.. math:: λ_i = \frac{\sum_j \operatorname{tr} K_j / N_j}{\operatorname{tr} K_i / N_i}

(Wang, Yu and Perdikaris, J. Comput. Phys. 449, 2022, arXiv 2007.14527, algorithm 1): under gradient
flow of Σ λ_i mean r_i² the residuals of a law fall at rates that are the eigenvalues of λ_i K_i/N_i
where the laws do not disturb each other, and the mean rate is its trace over N_i. All laws get a
weight, the equations too.

Departure: the authors divide traces of equal numbers of points, for which N_i drops out; with it
the weights do not depend on how many points the laws have.
"""

from __future__ import annotations

import math
from typing import Literal

from pdedsl.optimizers.protocol import Step

from .law_weights import LawWeightOptions, LawWeights


class NtkOptions(LawWeightOptions):
    """The same mean rate of convergence for every law; see `ntk`."""

    kind: Literal["ntk"] = "ntk"


class NtkWeights(LawWeights):
    """See the module docstring."""

    def wanted(self, step: Step) -> dict[str, float]:
        """λ of all laws."""
        traces, groups = self._system.traces_by_law(step.theta), self.groups()
        own = {name: sum(traces[label] for label in labels) for name, labels in groups.items()}
        total = sum(own.values())
        return {name: total / trace if trace else math.inf for name, trace in own.items()}
