"""Between the tensors of a system and numpy."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from pdedsl.compiler import ResidualSystem
from pdedsl.geometry.arrays import Array


def as_array(value: Tensor) -> Array:
    """A tensor as an array in double precision."""
    return np.asarray(value.detach().cpu().numpy(), dtype=np.float64)


def as_tensor(system: ResidualSystem, value: Array | Tensor) -> Tensor:
    """Numbers in the precision and on the device of a system."""
    return torch.as_tensor(value, dtype=system.dtype, device=system.device)
