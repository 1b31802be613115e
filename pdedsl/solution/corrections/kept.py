"""Corrections in checkpoints: coefficients, and what is needed to rebuild their basis."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pdedsl.geometry.arrays import Array

if TYPE_CHECKING:
    from torch import Tensor

    from pdedsl.estimates.correction import State
    from pdedsl.solution.solution import Solution


@dataclass(frozen=True)
class Kept:
    """What a checkpoint has of a solution.

    Args:
        theta: parameters of the model that was trained, shape (P,).
        correction: see `Solution.correction`; None where there is none.
        polished: whether the solution is the corrected one.
    """

    theta: Tensor
    correction: State | None = None
    polished: bool = False

    @classmethod
    def of(cls, solution: Solution) -> Kept:
        """Of a solution; of a polished one the model before, and what it was corrected by."""
        if solution.polished_from is None:
            return cls(solution.theta, solution.correction)
        from pdedsl.estimates.correction import State

        own = State(solution.system, solution.theta)
        return cls(solution.polished_from.theta, own, polished=True)

    def arrays(self) -> dict[str, Array]:
        """The arrays of the checkpoint."""
        states = {"theta": self.theta}
        if self.correction is not None:
            states["correction"] = self.correction.theta
        return {n: np.asarray(s.detach().cpu().numpy(), np.float64) for n, s in states.items()}

    def facts(self) -> dict[str, str]:
        """The metadata of the checkpoint."""
        if self.correction is None:
            return {}
        from pdedsl.estimates.correction import options_of

        options = [own.model_dump(mode="json") for own in options_of(self.correction.system)]
        weights = self.correction.system.sampler.weights
        found = {"options": options, "weights": weights, "polished": self.polished}
        return {"correction": json.dumps(found)}


def restored(
    solution: State, arrays: Mapping[str, Any], facts: Mapping[str, str]
) -> tuple[State | None, bool]:
    """The correction of a checkpoint, and whether the solution is the corrected one.

    Args:
        solution: the model that was trained.
        arrays: of the checkpoint.
        facts: its metadata.
    """
    if "correction" not in facts or "correction" not in arrays:
        return None, False
    import torch

    from pdedsl.estimates.correction import State, correct
    from pdedsl.models.bases import BasisOptions

    data = json.loads(facts["correction"])
    options = tuple(BasisOptions.model_validate(own) for own in data["options"])
    system = correct(solution, options, data["weights"])
    theta = torch.as_tensor(arrays["correction"], device=system.theta0.device)
    return State(system, theta), bool(data["polished"])
