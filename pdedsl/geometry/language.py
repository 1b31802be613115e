"""What the language has to know of a shape: its name and its arguments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from .region import FloatRegion


@dataclass(frozen=True)
class Argument:
    """An argument of a shape.

    Args:
        name: its keyword.
        kind: ``point`` for coordinates, ``length`` for a positive number, ``lengths`` for a
            positive number for each coordinate, ``pair`` for two numbers.
        text: what it is, as a message says it: ``a radius``.
        example: a value that fits those of the other arguments.
    """

    name: str
    kind: Literal["point", "length", "lengths", "pair"]
    text: str
    example: str


@dataclass(frozen=True)
class ShapeKind:
    """A shape of the language.

    Args:
        name: such as ``disk``.
        region: makes it of the values of its arguments in their order, arrays of shape () or (d,);
            where it has a list of corners, of these.
        arguments: with keywords; none where a list of corners in the plane stands for them.
        dimension: number of coordinates of its points, where there is no choice.
        general: the shape for other numbers of coordinates.
        fault: what is wrong with values of the arguments; None where nothing is.
    """

    name: str
    region: Callable[..., FloatRegion]
    arguments: tuple[Argument, ...] = ()
    dimension: int | None = None
    general: str = ""
    fault: Callable[..., str | None] = lambda *_: None
