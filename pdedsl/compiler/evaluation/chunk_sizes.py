"""How many points are evaluated at once.

A chunk's jets shall stay in the cache from one layer to the next, and be long enough that the
steps are worth their start.
"""

from __future__ import annotations

import torch

from pdedsl.compiler.lowering.plan import Integral, Plan

from .ansatz import Ansatz

# Bytes of the widest jet of a chunk. On devices only memory counts.
_CACHE, _DEVICE = 3 << 22, 1 << 28
# The same where what surrounds a step is not paid for; half of what a thread's own cache holds
# would be better for the arithmetic, but not for the starts of the kernels.
_REPLAYED = 7 << 18
# Below, a part is not worth a thread: its operations are so short that threads wait for Python.
_PART = 1 << 20
# No chunk is kept long for the sake of its start beyond this many.
_TOO_MUCH = 1 << 30
_LEAST, _MOST = 256, 1 << 14


def even(total: int, most: int) -> int:
    """The size of the parts of ``total`` points, none above ``most``, and none much smaller."""
    parts = -(-total // most)
    return -(-total // max(1, parts))


def points_at_once(
    plan: Plan, ansatz: Ansatz, like: torch.Tensor, values_alone: bool = False
) -> int:
    """Number of points of a chunk, in the precision and on the device of ``like``.

    Args:
        plan: what is evaluated.
        ansatz: its networks.
        like: a tensor.
        values_alone: nothing is differentiated in the parameters: products of functions whose sums
            are taken axis by axis are not there side by side then. A march of 52 windows of 80 by
            80 by 9 functions had five points of a window in a chunk otherwise, and tables of
            polynomials took half of a solve.
    """
    on_cpu = like.device.type == "cpu"
    evaluations, numbers = _cost(plan, ansatz, values_alone)
    each = like.itemsize * max(1, numbers)
    points = (_CACHE if on_cpu else _DEVICE) // each
    least, most = (_LEAST, _MOST) if on_cpu else (_MOST, 1 << 20)
    least = min(least // evaluations, _TOO_MUCH // each)
    return max(1, min(max(points, least), most // evaluations))


def replayed_points(plan: Plan, ansatz: Ansatz, like: torch.Tensor, n: int, threads: int) -> int:
    """The same where the operations for n points are replayed on the CPU, in several threads."""
    evaluations, numbers = _cost(plan, ansatz)
    each = like.itemsize * max(1, numbers)
    # The weights of wide layers are read once for each part.
    most = max(1, n * evaluations // _LEAST)
    parts = max(1, min(most, -(-n * each // _REPLAYED)))
    worth = max(1, n * each // _PART)
    parts = -(-parts // threads) * threads if worth >= threads else min(parts, worth)
    return max(1, -(-n // parts))


def _cost(plan: Plan, ansatz: Ansatz, values_alone: bool = False) -> tuple[int, int]:
    """Evaluations of the models for a point, and numbers in the widest jet of them all."""
    evaluations = numbers = 1
    for site, table in plan.sites:
        model = ansatz.networks[site.group].model
        width = getattr(model, "width_of_sums", model.width) if values_alone else model.width
        numbers = max(numbers, (table.channels + 1) * width)
    for _, item in plan.inputs:
        if isinstance(item, Integral):
            inner, wide = _cost(item.integrand, ansatz, values_alone)
            nodes = len(ansatz.rules[item.domain][0].weights)
            evaluations = max(evaluations, nodes * inner)
            numbers = max(numbers, nodes * wide)
    return evaluations, numbers
