"""Names that other languages and papers know: what to write for them here."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from .derivatives import split_derivative

_IMAGINARY = frozenset("iIjJ")
_DELTA = frozenset(["delta", "dirac", "Dirac", "DiracDelta", "diracdelta", "dirac_delta"])
_DERIVATIVE = re.compile(r"(?:d_?|D_?|dd|d2)(?P<axes>[^\W\d_]+?)(?:2|_?)")


def imaginary(name: str) -> tuple[str, str] | None:
    """What is said of ``i``, the imaginary unit: the end of a message and a mend."""
    if name not in _IMAGINARY:
        return None
    mend = "write the real and the imaginary part as two unknowns, each with its law"
    return ", and all numbers are real", mend


def called(name: str, arguments: Sequence[str], coordinates: Collection[str]) -> str | None:
    """What to write for a call of a name that nothing declares.

    Args:
        name: such as ``dt``, ``dxx`` or ``delta``.
        arguments: their texts.
        coordinates: of the file.
    """
    if name in _DELTA and arguments:
        return _narrow(arguments)
    match = _DERIVATIVE.fullmatch(name)
    if match is None or len(arguments) != 1:
        return None
    reading = split_derivative(f"u_{match['axes']}", {"u"}, coordinates)
    if reading is None:
        return None
    axes = list(reading[1])
    if name.endswith("2") or name.startswith("d2"):
        axes *= 2
    text = arguments[0]
    for axis in dict.fromkeys(axes):
        order = axes.count(axis)
        text = f"d({text}, {axis})" if order == 1 else f"d({text}, {axis}, {order})"
    return f"write {text}"


def _narrow(arguments: Sequence[str]) -> str:
    """A bell of integral one in place of a point source."""
    squares = " + ".join(f"{a}^2" if a.isidentifier() else f"({a})^2" for a in arguments)
    squares = f"({squares})" if arguments[1:] else squares
    size = {1: "(w*sqrt(pi))", 2: "(pi*w^2)"}.get(len(arguments), f"(w*sqrt(pi))^{len(arguments)}")
    return f"write exp(-{squares}/w^2)/{size} with param w = 0.05, say"
