"""The files of the grammar: beside the package in a source tree, else in the installed package."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

BESIDE = Path(__file__).parents[2] / "grammar"


def grammar_file(name: str) -> str:
    """Text of a file of the grammar, such as ``pde.lark``.

    Raises:
        OSError: the file is in neither place, which is a defect of the installation.
        ModuleNotFoundError: likewise.
    """
    # The package that is installed may be another tree, whose grammar is not that of this code.
    if (beside := BESIDE / name).is_file():
        return beside.read_text(encoding="utf-8")
    return (resources.files("pdedsl.grammar") / name).read_text(encoding="utf-8")
