"""What all nodes of the syntax tree are: frozen, and told apart from where they stand."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from inspect import get_annotations
from typing import Any, ClassVar, Self, dataclass_transform

from pdedsl.diagnostics import Span


def place(*, kw_only: bool) -> Any:
    """Marks an attribute that says where a node stands; equality ignores it."""
    return _PLACE if kw_only else None


_PLACE: Any = object()


@dataclass_transform(frozen_default=True, field_specifiers=(place,))
class _Frozen:
    """What makes nodes behave like frozen dataclasses.

    They are none, because generating the methods of fifty dataclasses takes 25 ms, a good
    part of what `pdedsl check` may take.
    """

    parts: ClassVar[tuple[str, ...]] = ()
    """Names of the attributes that make up the node, in order."""
    places: ClassVar[tuple[str, ...]] = ()
    """Names of the attributes that say where it stands."""

    def __init_subclass__(cls) -> None:
        own = get_annotations(cls)
        cls.places += tuple(name for name in own if cls.__dict__.get(name) is _PLACE)
        cls.parts += tuple(name for name in own if name not in cls.places)
        setattr(cls, "__match_args__", cls.parts)  # noqa: B010 (mypy knows no other way)

    def __init__(self, *values: Any, **named: Any) -> None:
        given = dict(zip(self.parts, values, strict=False)) | named
        if len(given) != len(values) + len(named) or given.keys() != {*self.parts, *self.places}:
            wanted = ", ".join((*self.parts, *self.places))
            raise TypeError(f"{type(self).__name__} takes {wanted}")
        self.__dict__.update(given)

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to {name} of a {type(self).__name__}")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete {name} of a {type(self).__name__}")

    def children(self) -> tuple[Any, ...]:
        """The attributes that make up the node, in order."""
        return tuple(self.__dict__[name] for name in self.parts)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Frozen) or type(other) is not type(self):
            return NotImplemented
        return self.children() == other.children()

    def __hash__(self) -> int:
        return hash((type(self), self.children()))

    def __repr__(self) -> str:
        pairs = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{type(self).__name__}({pairs})"


class Node(_Frozen):
    """Base of all nodes."""

    span: Span = place(kw_only=True)

    def at(self, span: Span) -> Self:
        """The same node at another place."""
        return type(self)(**{**self.__dict__, "span": span})


def dump(value: object, indent: int = 0) -> str:
    """Readable text of a tree, one node a line, without spans; the same tree, the same text.

    A unit that is not written leaves no line.
    """
    pad = "  " * indent
    if isinstance(value, Node):
        lines = [pad + type(value).__name__]
        pairs = zip(value.parts, value.children(), strict=True)
        lines += [
            _dump_field(name, child, indent + 1)
            for name, child in pairs
            if (name, child) != ("unit", None)
        ]
        return "\n".join(lines)
    if isinstance(value, tuple):
        return "\n".join(dump(item, indent) for item in value) if value else pad + "()"
    return pad + repr(value)


def _dump_field(name: str, value: object, indent: int) -> str:
    pad = "  " * indent
    if isinstance(value, (Node, tuple)) and value:
        return f"{pad}{name}:\n{dump(value, indent + 1)}"
    return f"{pad}{name}: {value!r}"
