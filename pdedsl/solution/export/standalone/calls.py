"""Nested calls as text of Python, and the arrays in them as constants."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pdedsl.geometry.arrays import Array

_WIDTH = 96  # of lines
_FEW = 8  # numbers that are written as they are read

Value = Any  # a `Call`, a number, a name, None, or a sequence of these


@dataclass(frozen=True)
class Call:
    """A call of a function by its name.

    Args:
        name: of the function.
        arguments: calls, names, numbers, texts, None, or sequences of these.
    """

    name: str
    arguments: tuple[Value, ...]


@dataclass(frozen=True)
class Name:
    """A name, such as that of a constant."""

    text: str


def call(name: str, *arguments: Value) -> Call:
    """A `Call`."""
    return Call(name, arguments)


@dataclass
class Arrays:
    """The arrays of a file, which become constants in it or lie in a file beside it.

    Args:
        beside: whether they lie beside it.
    """

    beside: bool
    values: dict[str, Array] = field(default_factory=dict)

    def add(self, values: ArrayLike) -> Name:
        """The name of a new constant."""
        name = f"_A{len(self.values)}"
        self.values[name] = np.asarray(values, dtype=np.float64)
        return Name(name)

    @property
    def numbers(self) -> int:
        """How many numbers there are."""
        return sum(own.size for own in self.values.values())

    def lines(self) -> Iterator[str]:
        """The assignments."""
        for name, own in self.values.items():
            if self.beside:
                yield f'{name} = _DATA["{name[1:]}"]'
            elif own.size <= _FEW:
                yield f"{name} = np.array({own.tolist()!r}).reshape({own.shape!r})"
            else:
                content = base64.b64encode(own.astype("<f8").tobytes()).decode()
                folded = "\n".join(textwrap.wrap(content, _WIDTH))
                shape = ", ".join(map(str, own.shape))
                yield f'{name} = _array("""\n{folded}\n""", {shape})'


def text_of(value: Value, indent: int = 0) -> str:
    """The text of a value that begins in a column, on one line where it fits."""
    short = _short(value)
    if indent + len(short) <= _WIDTH or not isinstance(value, Call | list | tuple) or not value:
        return short
    if isinstance(value, Call):
        return _folded(f"{value.name}(", value.arguments, ")", indent)
    return _folded("[", value, "]", indent)


def _folded(head: str, items: Sequence[Value], tail: str, indent: int) -> str:
    inner = " " * (indent + 4)
    lines = [f"{inner}{text_of(item, indent + 4)}," for item in items]
    return "\n".join([head, *lines, " " * indent + tail])


def _short(value: Value) -> str:
    if isinstance(value, Call):
        return f"{value.name}({', '.join(map(_short, value.arguments))})"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_short, value))}]"
    if isinstance(value, Name):
        return value.text
    if isinstance(value, float | np.floating):
        return repr(float(value))
    return repr(value)


def names_in(value: Value) -> set[str]:
    """The functions and constants that a value mentions."""
    if isinstance(value, Call):
        return {value.name}.union(*map(names_in, value.arguments))
    if isinstance(value, list | tuple):
        return set().union(*map(names_in, value))
    return {value.text} if isinstance(value, Name) else set()
