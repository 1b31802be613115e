"""How many points are evaluated at once.

A chunk's jets shall stay in the cache from one layer to the next, and be long enough that the
steps are worth their start.
"""

from __future__ import annotations

import torch

from .items import Integral
from .plan import Plan
from .program import Setting

# Bytes of the widest jet of a chunk. On devices only memory counts.
_CACHE, _DEVICE = 3 << 22, 1 << 28
# No chunk is kept long for the sake of its start beyond this many.
_TOO_MUCH = 1 << 30
_LEAST, _MOST = 256, 1 << 14


def even(total: int, most: int) -> int:
    """The size of the parts of ``total`` points, none above ``most``, and none much smaller."""
    parts = -(-total // most)
    return -(-total // max(1, parts))


def points_at_once(plan: Plan, setting: Setting, like: torch.Tensor) -> int:
    """Number of points of a chunk.

    Args:
        plan: what is evaluated at each of them.
        setting: the models.
        like: a tensor of the precision, on the device.
    """
    on_cpu = like.device.type == "cpu"
    evaluations, numbers = _cost(plan, setting)
    each = like.itemsize * max(1, numbers)
    points = (_CACHE if on_cpu else _DEVICE) // each
    least, most = (_LEAST, _MOST) if on_cpu else (_MOST, 1 << 20)
    least = min(least // evaluations, _TOO_MUCH // each)
    return max(1, min(max(points, least), most // evaluations))


def _cost(plan: Plan, setting: Setting) -> tuple[int, int]:
    """Evaluations of the models for a point, and numbers in the widest jet of them all."""
    evaluations = 1
    numbers = max(
        (
            (table.channels + 1) * setting.networks[site.group].model.width
            for site, table in plan.sites
        ),
        default=1,
    )
    for _, item in plan.inputs:
        if isinstance(item, Integral):
            inner, wide = _cost(item.integrand, setting)
            nodes = len(setting.rules[item.domain][0].weights)
            evaluations = max(evaluations, nodes * inner)
            numbers = max(numbers, nodes * wide)
    return evaluations, numbers
