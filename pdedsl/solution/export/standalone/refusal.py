"""Solutions that cannot be written in a form."""

from __future__ import annotations

from typing import NoReturn

from ...options.errors import refuse_option

MESHES = "write values on a mesh (.vtu, .csv, .npz) or on a grid (.nc)"


def refuse(ending: str, reason: str, mend: str = MESHES) -> NoReturn:
    """Refuse to write a solution.

    Raises:
        UserError: E803, always.
    """
    refuse_option(f"this solution cannot be written as {ending}: {reason}", mend)
