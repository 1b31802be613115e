"""Whether there are processes to share rows with, for those who build systems."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem

    from .group import RankGroup

GROUPS: list[RankGroup] = []
"""The group that this process gives orders to, as long as there is one."""


def are_shared() -> bool:
    """Whether there are other processes."""
    return bool(GROUPS) and GROUPS[-1].open


def shared(system: ResidualSystem) -> ResidualSystem:
    """The system with its rows shared by the processes of the group, where there is one.

    Those whose models are mostly zero at a point stay whole: their matrices are sparse, and are
    decomposed front by front. So do those without a recipe, which others cannot make.
    """
    if not are_shared() or system.recipe is None:
        return system
    if all(getattr(network.model, "local", False) for network in system.networks):
        return system
    from .shared_system import SharedSystem

    return SharedSystem.of(system, GROUPS[-1])
