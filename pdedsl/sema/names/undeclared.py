"""What to write for a name that nothing declares and that is near to none."""

from __future__ import annotations

from collections.abc import Collection, Sequence

_MOST = 5  # names that are read at a glance
_FORMALS = "s r q a b c".split()


def one_of(known: Collection[str]) -> str | None:
    """The only name, or a choice of a few; None where there are none or many."""
    if len(known) == 1:
        return f"did you mean {next(iter(known))}?"
    return f"write {' or '.join(known)}" if 0 < len(known) <= _MOST else None


def declared_number(name: str, coordinates: Sequence[str], time: str | None) -> str:
    """How to declare a name that stands for a number, or for a derivative.

    Args:
        name: the name, such as ``c`` or ``w_xx``.
        coordinates: all inputs in order, time and vectors among them.
        time: the name of time; None where there is none.
    """
    head, _, suffix = name.partition("_")
    if head and suffix and set(suffix) <= {*coordinates}:
        return f"declare it: unknown {head}({', '.join(coordinates)})"
    if name == "t" and time is None:
        return "declare it: time t in [0, 1]"
    if name in ("x", "y", "z") and coordinates:
        have = "the coordinate is" if len(coordinates) == 1 else "the coordinates are"
        return f"{have} {', '.join(coordinates)}; for a number, declare param {name} = 1"
    return f"declare it: param {name} = 1"


def declared_function(name: str, arguments: int, taken: Collection[str]) -> str | None:
    """How to declare a name that is called with so many arguments; None for too many."""
    free = [letter for letter in _FORMALS if letter not in taken]
    if not 0 < arguments <= len(free):
        return None
    return f"declare it: let {name}({', '.join(free[:arguments])}) = 1"
