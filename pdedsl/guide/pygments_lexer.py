"""Colours of the language for Pygments: Sphinx, MkDocs, LaTeX's minted, terminals."""

from __future__ import annotations

from typing import ClassVar

from pygments.lexer import RegexLexer, bygroups
from pygments.lexer import words as any_of
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Whitespace

from .words import words

_LETTER = "A-Za-zµ∂\u0391-\u03c9\u03d1\u03d5\u03f0\u03f1\u03f5"
_CHAIN = ("and", "or", "not", "union", "intersect", "minus")


def _named(*kinds: str) -> list[str]:
    return [word.name for word in words().values() if word.kind in kinds]


_KEYWORDS = [name for name in _named("keywords") if name not in _CHAIN]


class PdeLexer(RegexLexer):
    """Lexer of ``.pde`` files."""

    name = "PDE"
    aliases: ClassVar = ["pde", "pdedsl"]
    filenames: ClassVar = ["*.pde"]
    mimetypes: ClassVar = ["text/x-pde"]
    tokens: ClassVar = {
        "root": [
            (r"\s+", Whitespace),
            (r"#[^\n]*", Comment.Single),
            (r'"[^"\n]*"', String.Double),
            (
                rf"\b(eq|bc|ic|fit)(\s+)([{_LETTER}][{_LETTER}0-9_]*)(?=\s*:)",
                bygroups(Keyword, Whitespace, Name.Label),
            ),
            (any_of(_KEYWORDS, prefix=r"\b", suffix=r"\b"), Keyword),
            (any_of(_CHAIN, prefix=r"\b", suffix=r"\b"), Operator.Word),
            (any_of(_named("sets"), prefix=r"\b", suffix=r"\b"), Name.Class),
            (r"\bpi\b|π", Name.Constant),
            (
                any_of(_named("functions", "calculus"), prefix=r"\b", suffix=r"\b(?=\s*\()"),
                Name.Builtin,
            ),
            (r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", Number),
            (rf"[{_LETTER}][{_LETTER}0-9_]*", Name),
            (r"\.\.|!=|[-+*/^=<>≤≥≠×·−²³∈Δ∆∇]", Operator),
            (r"[()\[\],:.]", Punctuation),
        ]
    }
