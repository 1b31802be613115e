"""Formulas between dollars as MathML, which browsers draw without scripts and fonts of a site."""

from __future__ import annotations

import re

from latex2mathml.converter import convert

_FORMULA = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\(?P<open>[(\[])(?P<text>.*?)\\[)\]]</(?P=tag)>', re.S
)
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}


def with_mathml(html: str) -> str:
    """The page with every formula that arithmatex has marked."""
    return _FORMULA.sub(_mathml, html)


def _mathml(formula: re.Match[str]) -> str:
    text = formula["text"]
    for entity, sign in _ENTITIES.items():
        text = text.replace(entity, sign)
    made: str = convert(text.strip(), display="block" if formula["open"] == "[" else "inline")
    return made
