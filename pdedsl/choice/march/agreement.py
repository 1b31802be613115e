"""What marches of one problem at several tolerances say of each other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Agreement:
    """The finest march that came to the end of time, beside those at other tolerances.

    Differences are relative L2 distances, the largest of all components.

    Args:
        tolerance: of the march.
        difference: from the next coarser one; None where there is none.
        beyond: from the next finer one as far as that came; None where it did not begin.
        until: the time to which it came.
        end: why it came no further, or did not begin; empty where there is no finer tolerance.
        error: that of the finest one, as far as the difference and the fall of what is left of the
            laws foretell it; None where they do not.
        alone: whether there was no time for another one that would have told its error.
        moment: by how much it starts later than its problem, see `transforms.smooth_starts`.
    """

    tolerance: float
    difference: float | None = None
    beyond: float | None = None
    until: float | None = None
    end: str = ""
    error: float | None = None
    alone: bool = False
    moment: float = 0.0
