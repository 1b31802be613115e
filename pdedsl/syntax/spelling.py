"""Canonical spelling: the ASCII text of Greek letters and of signs."""

from __future__ import annotations

_ALPHABET = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho "
    "varsigma sigma tau upsilon phi chi psi omega"
)
_GREEK = _ALPHABET.split()

# The micro sign and the letters that are used as variants; the two final ones have no capital.
_LETTERS = {
    **{chr(0x3B1 + i): name for i, name in enumerate(_GREEK)},
    **{chr(0x391 + i): name.capitalize() for i, name in enumerate(_GREEK) if i != 17},
    "\u00b5": "mu",
    "\u03d1": "theta",
    "\u03d5": "phi",
    "\u03f0": "kappa",
    "\u03f1": "rho",
    "\u03f5": "epsilon",
    "∂": "d",
}
_LETTER_TABLE = str.maketrans(_LETTERS)
_SIGN_TABLE = str.maketrans(
    {"×": "*", "·": "*", "−": "-", "≤": "<=", "≥": ">=", "≠": "!=", "∈": "in", "²": "^2", "³": "^3"}
)


def canonical_name(text: str) -> str:
    """ASCII spelling of a name: ``ν`` is ``nu``, ``λ1`` is ``lambda1``, ``∂`` is ``d``."""
    return text if text.isascii() else text.translate(_LETTER_TABLE)


def canonical_sign(text: str) -> str:
    """ASCII spelling of an operator: ``×`` is ``*``, ``≤`` is ``<=``."""
    return text if text.isascii() else text.translate(_SIGN_TABLE)
