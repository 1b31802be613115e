"""Where NumPy may take the place of torch, whose operations begin later and gather slower."""

from __future__ import annotations

from torch import Tensor

from pdedsl.models.jets.differentiation import has_no_tangent
from pdedsl.models.runtime.workspace import is_closed


def is_plain(points: Tensor) -> bool:
    """Whether nothing is differentiated, mapped or taken down (`replay`) at the points."""
    free = points.device.type == "cpu" and not points.requires_grad
    return free and has_no_tangent(points) and not is_closed()
