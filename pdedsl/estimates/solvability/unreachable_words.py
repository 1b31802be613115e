"""What has no solution, and why, in words."""

from __future__ import annotations

import numpy as np

from pdedsl.conditioning.arrays import Array
from pdedsl.sema.lints.structure import listed

from .function_text import FunctionText, function_text
from .scaled_system import RowBlock
from .unreachable import Unreachable

_SEEN = 0.01
"""Square part of the remainder from which on a law is named; a choice."""
_LIKE = 0.02
"""Of the remainder, what its text may leave: corners of the solution are in it too."""


def laws_named(lost: Unreachable) -> list[RowBlock]:
    """The scalar laws that the remainder is in, in their order."""
    return [block for block in lost.blocks if lost.share(block) >= _SEEN]


def unreachable_text(lost: Unreachable) -> str:
    """Why no function satisfies the laws, as a clause."""
    named = laws_named(lost)
    floors = floors_text(lost)
    found = weight_text(lost)
    if found is None:
        laws = listed(block.name for block in named)
        return f"{laws} contradict each other: the best compromise leaves {floors} (rms)"
    main, text, defect = found
    others = [block.name for block in named if block is not main]
    data = f", with the data of {listed(others)}," if others else ""
    return (
        f"the source of {main.name}{data} is not orthogonal to {text}, by {defect:.2g}: the best "
        f"compromise leaves {floors} (rms)"
    )


def floors_text(lost: Unreachable) -> str:
    """What is left in each law, as root mean squares: ``0.3 in eq and 0.01 in bc``."""
    return listed(f"{lost.rms(block):.2g} in {block.name}" for block in laws_named(lost))


def weight_text(lost: Unreachable) -> tuple[RowBlock, str, float] | None:
    """The function that a source would have to be orthogonal to, as the adjoint problem has it.

    Returns:
        The equation that it belongs to, its text, and by how much the data are not orthogonal: the
        sum over all laws of the mean of data times w, which has the text in that equation.
        None where no equation is concerned, or the function is not in words.
    """
    inside = [block for block in laws_named(lost) if block.interior]
    if not inside:
        return None
    main = max(inside, key=lost.share)
    values = lost.rows[main.place] / (main.entries * main.scale)
    found = _text(lost, main, values)
    if found is None:
        return None
    defect = main.block.map.components * float(lost.rows @ lost.rows) / abs(found.factor)
    return main, found.text, defect


def _text(lost: Unreachable, block: RowBlock, values: Array) -> FunctionText | None:
    for grid in lost.spectrum.system.trial.grids:
        points = block.block.points.numpy()[:, list(grid.part.columns)]
        box = grid.part.box
        if (points.min(0) >= box.lower).all() and (points.max(0) <= box.upper).all():
            functions = grid.part.derivatives(points, [(0,) * points.shape[1]])[0]
            weights = block.entries
            theta = np.linalg.lstsq(weights[:, None] * functions, weights * values, rcond=None)[0]
            return function_text(grid, theta, _LIKE)
    return None
