"""The files of the grammar: inside the installed package, or beside it in a source tree."""

from __future__ import annotations

from importlib import resources
from pathlib import Path


def grammar_file(name: str) -> str:
    """Text of a file of the grammar, such as ``pde.lark``.

    Raises:
        OSError: the file is in neither place, which is a defect of the installation.
    """
    try:
        folder = resources.files("pdedsl.grammar")
    except ModuleNotFoundError:
        # A source tree that was not installed, or that hides the installed package.
        return (Path(__file__).parents[2] / "grammar" / name).read_text(encoding="utf-8")
    return (folder / name).read_text(encoding="utf-8")
