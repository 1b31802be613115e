"""The text of the functions that a stand-alone file needs, copied from where they are kept."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Collection, Iterator
from functools import cache
from types import ModuleType

from . import numpy_bases, numpy_parts, torch_parts

_MODULES: tuple[ModuleType, ...] = (numpy_parts, numpy_bases, torch_parts)
_IMPORTS = (
    ("base64", "import base64"),
    ("Callable Sequence", "from collections.abc import "),
    ("Path", "from pathlib import Path"),
    ("", ""),
    ("np", "import numpy as np"),
    ("torch", "import torch"),
    ("ArrayLike NDArray", "from numpy.typing import "),
    ("Tensor nn", "from torch import "),
)  # names, and the line that brings them, or those of them that are needed
_ALIASES = {
    "Array": "Array = NDArray[np.float64]",
    "Model": "Model = Callable[[Array], Array]",
    "Layers": "Layers = Sequence[tuple[Array, Array]]",
    "Activation": "Activation = Callable[[Tensor], Tensor]",
}
_OWN = {name for names, _ in _IMPORTS for name in names.split()}
RESERVED = frozenset({*_OWN, *_ALIASES, "annotations", "numbers"})
"""Names that a file has at its top beside those that begin with an underscore."""


def sources_of(names: Collection[str]) -> tuple[list[str], list[str]]:
    """What stands before the constants of a file.

    Args:
        names: that its other lines mention.

    Returns:
        Lines of imports and of names of types, and texts of functions and classes.
    """
    texts, wanted, found = _texts(), list(names), set[str]()
    while wanted:
        name = wanted.pop()
        if name in found:
            continue
        found.add(name)
        text = texts.get(name) or _ALIASES.get(name, "")
        wanted += names_of(text)
    imports = [_import(names.split(), line, found) for names, line in _IMPORTS]
    aliases = [line for name, line in _ALIASES.items() if name in found]
    functions = [text for name, text in texts.items() if name in found]
    return [*(line for line in imports if line is not None), "", *aliases], functions


def _import(names: list[str], line: str, found: Collection[str]) -> str | None:
    """The line, or None where nothing of it is needed."""
    own = [name for name in names if name in found]
    if names and not own:
        return None
    return f"{line}{', '.join(own)}" if line.endswith(" ") else line


def names_of(text: str) -> set[str]:
    """The names that a text of Python mentions, in annotations as well."""
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}


@cache
def _texts() -> dict[str, str]:
    """Every function and class by name, in the order in which they may stand in a file."""
    return {name: text for module in _MODULES for name, text in _own(module)}


def _own(module: ModuleType) -> Iterator[tuple[str, str]]:
    for name, value in vars(module).items():
        own = getattr(value, "__module__", None) == module.__name__
        if own and (inspect.isfunction(value) or inspect.isclass(value)):
            yield name, inspect.getsource(value).rstrip()
