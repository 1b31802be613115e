"""Signs that the language does not use, and numbers and strings that are not well formed.

The lexer takes them out of the stream as terminals of their own; what to say about each is in
`grammar/signs.toml`.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice, takewhile
from typing import Any

from lark import Token

from pdedsl.diagnostics import Diagnostic, Span

from .limits import MAX_DIAGNOSTICS
from .package_data import grammar_file
from .papers.phrases import borrowed
from .papers.quotients import quotients
from .phrases import Phrases, join_tokens
from .spelling import canonical_name
from .tokens import span_of

_PREFIXES = ("FOREIGN_", "BROKEN_", "STRAY")
_LETTERS = (*range(0x391, 0x3A2), *range(0x3A3, 0x3CA))
_GREEK = frozenset(canonical_name(chr(code)) for code in _LETTERS)
_COMMANDS = {
    "Delta": "lap(u)",
    "nabla": "grad(u)",
    "partial": "d(u, x)",
    "cdot": "*",
    "times": "*",
    "frac": "a/b",
    "in": "in",
    "leq": "<=",
    "geq": ">=",
    "le": "<=",
    "ge": ">=",
    "neq": "!=",
    "ne": "!=",
}


def foreign_signs(tokens: Sequence[Token], axes: Sequence[str] = ("x",)) -> list[Diagnostic]:
    """One diagnostic for each such sign of a statement, or run of strange characters.

    What has been said once in a statement is not repeated.

    Args:
        tokens: the statement.
        axes: the coordinates in which ``u'`` may be a derivative.
    """
    read = _before_bare_text(tokens)
    whole = [*quotients(read), *borrowed(read)]
    single = (d for d in _findings(read, axes) if not any(_is_part(d, other) for other in whole))
    found = list(islice((*whole, *single), MAX_DIAGNOSTICS))
    told = {(d.message, d.mend): d for d in reversed(found)}
    return sorted(told.values(), key=lambda d: d.span or Span(0, 0))


def _is_part(one: Diagnostic, other: Diagnostic) -> bool:
    """Whether what one diagnostic is about lies within that of the other."""
    assert one.span is not None
    assert other.span is not None
    return other.span.start <= one.span.start < other.span.end


def _before_bare_text(tokens: Sequence[Token]) -> Sequence[Token]:
    """The tokens before a title or a file's name without quotes, which may hold any signs."""
    for index, token in enumerate(tokens[:-1]):
        if token.type in ("FROM", "PROBLEM"):
            after = tokens[index + 1]
            strange = after.type == "STRAY" and str(after) in _texts()["characters"]
            quoted = after.type in ("STRING", "BROKEN_STRING", "FOREIGN_PRIME")
            return tokens if quoted or (strange and after != "~") else tokens[: index + 1]
    return tokens


def _findings(tokens: Sequence[Token], axes: Sequence[str]) -> Iterator[Diagnostic]:
    end = -1
    quoted = False
    is_latex = any(t.type == "FOREIGN_COMMAND" and str(t).strip("\\$") for t in tokens)
    for index, token in enumerate(tokens):
        if not token.type.startswith(_PREFIXES):
            continue
        if token.type == "FOREIGN_BRACE" and is_latex:
            continue  # it belongs to the command
        if token.type == "FOREIGN_PARTIAL" and _is_below(tokens, index):
            continue
        span = span_of(token)
        if token.type == "STRAY":
            if _is_below_name(tokens, index):
                yield _sign("SUBSCRIPT", tokens, index)
            elif span.start != end:
                yield _stray(str(token), span)
            if str(token) == "%":
                return  # a comment, most likely
            end = span.end
        elif token.type == "FOREIGN_PRIME" and (quoted or not _is_behind_name(tokens, index)):
            if not quoted:
                yield _sign("FOREIGN_QUOTE", tokens, index)
            quoted = True
        elif token.type == "FOREIGN_COMMAND" and not str(token).strip("\\$"):
            yield _sign("FOREIGN_DOLLAR", tokens, index)
        elif token.type == "FOREIGN_BRACE" and _is_index(tokens, index):
            yield _sign("SUBSCRIPT_BRACE", tokens, index)
            return
        elif token.type == "FOREIGN_END" and Phrases(tokens, index).two_ends:
            is_set = Phrases(tokens, index).within in ("_IN", "REGION")
            yield _sign("INTERVAL_END" if is_set else "VECTOR_END", tokens, index)
        else:
            yield _sign(token.type, tokens, index, axes)


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads(grammar_file("signs.toml"))


def _sign(
    name: str, tokens: Sequence[Token], index: int, axes: Sequence[str] = ("x",)
) -> Diagnostic:
    token = tokens[index]
    entry = _texts()[name]
    phrases = Phrases(tokens, index)
    before = phrases.word(index - 1)
    extra = {
        "derivatives": _derivatives(before, axes, len(token)),
        "ends": _with_commas(phrases),
        "number": _number_below(tokens, index),
        "plain": _operator(phrases) or _plain(str(token)),
        "partial": _partial(phrases),
    }
    mend = entry.get("mend")
    return Diagnostic(
        entry["code"],
        phrases.fill(entry["message"]),
        span_of(token),
        None if mend is None else phrases.fill(mend, extra).rstrip(),
    )


def _derivatives(field: str, axes: Sequence[str], order: int) -> str:
    """``u_xx, or d(u, x, 2)`` for ``u''``; ``u_xx or u_tt`` where either may be meant."""
    times = "" if order == 1 else f", {order}"
    calls = " or ".join(f"d({field}, {axis}{times})" for axis in axes)
    if any(len(axis) > 1 and axis not in _GREEK for axis in axes):
        return calls
    names = [f"{field}_{axis * min(order, 9)}" for axis in axes]
    return f"{names[0]}, or {calls}" if len(axes) == 1 else " or ".join(names)


def _with_commas(phrases: Phrases) -> str:
    """What stands in the square brackets around the sign, with commas for semicolons."""
    start, end = phrases.around
    parts: list[list[Token]] = [[]]
    for token in phrases.tokens[start + 1 : end]:
        if token.type == "FOREIGN_END":
            parts.append([])
        else:
            parts[-1].append(token)
    return ", ".join(join_tokens(part) for part in parts) if all(parts) else "0, 1"


def _is_subscript(token: Token) -> bool:
    return token in "₀₁₂₃₄₅₆₇₈₉"


def _is_below_name(tokens: Sequence[Token], index: int) -> bool:
    """Whether the first subscript behind a name stands at ``index``."""
    return _is_behind_name(tokens, index) and _is_subscript(tokens[index])


def _is_behind_name(tokens: Sequence[Token], index: int) -> bool:
    """Whether a name ends where the token at ``index`` starts, as ``u`` before the quote in u'."""
    return _is_behind(tokens, index) and tokens[index - 1].type == "NAME"


def _is_behind(tokens: Sequence[Token], index: int) -> bool:
    """Whether another token ends where the one at ``index`` starts."""
    return index > 0 and tokens[index - 1].end_pos == tokens[index].start_pos


def _number_below(tokens: Sequence[Token], index: int) -> str:
    """The number that the subscripts from ``index`` on stand for."""
    digits = takewhile(_is_subscript, tokens[index:])
    return "".join(unicodedata.normalize("NFKC", str(token)) for token in digits)


def _operator(phrases: Phrases) -> str | None:
    r"""``lap(u)`` for ``\nabla^2 u`` and ``\Delta u``; None where no operand follows."""
    words = [phrases.word(phrases.index + i) for i in range(3)]
    squared = words[1:] == ["^", "2"] or words[1] == "²"
    if words[0] != r"\Delta" and not (words[0] == r"\nabla" and squared):
        return None
    start = phrases.index + 1
    if squared:
        start += 2 if words[1] == "^" else 1
    is_operand = start < len(phrases.tokens) and phrases.tokens[start].type in ("NAME", "LPAR")
    return f"lap({phrases.argument(start) if is_operand else 'u'})"


def _partial(phrases: Phrases) -> str:
    """``d(u, t) or u_t`` for ``∂u/∂t``."""
    field = canonical_name(phrases.word(phrases.index).removeprefix("∂"))
    below = phrases.word(phrases.index + 2)
    axes = field.removeprefix("_")
    if axes != field and axes and len(set(axes)) == 1 and phrases.index + 1 < len(phrases.tokens):
        order = "" if len(axes) == 1 else f", {len(axes)}"
        return f"d({phrases.argument(phrases.index + 1)}, {axes[0]}{order})"
    is_quotient = phrases.word(phrases.index + 1) == "/" and below.startswith("∂")
    if not is_quotient or not field[:1].isalpha():
        return "d(u, x), or u_x"
    axis = canonical_name(below.removeprefix("∂"))
    if axis in ("n", "nu"):
        return f"dn({field})"
    return f"d({field}, {axis}), or {field}_{axis}" if axis.isalpha() else f"d({field}, x, 2)"


def _is_below(tokens: Sequence[Token], index: int) -> bool:
    """Whether the ``∂t`` at ``index`` is the lower part of ``∂u/∂t``."""
    above = [token.type for token in tokens[max(index - 2, 0) : index]]
    return above == ["FOREIGN_PARTIAL", "SLASH"]


def _is_index(tokens: Sequence[Token], index: int) -> bool:
    """Whether the brace at ``index`` opens an index, as in ``u_{xx}``."""
    return _is_behind(tokens, index) and tokens[index - 1].endswith("_")


def _plain(command: str) -> str:
    """What to write for a LaTeX command."""
    word = command.lstrip("\\")
    return _COMMANDS.get(word) or (word if word in _GREEK else f"{word} without the backslash")


def _stray(char: str, span: Span) -> Diagnostic:
    known = _texts()["characters"].get(char)
    if known is not None:
        return Diagnostic("E102", known[0], span, known[1])
    if unicodedata.category(char).startswith("L"):
        message = f"the letter {_shown(char)} is not used"
        mend = _replacement(char) or "names are of a-z, A-Z, Greek letters, digits and _"
        return Diagnostic("E102", message, span, mend)
    message = f"the character {_shown(char)} is not used"
    return Diagnostic("E102", message, span, _replacement(char))


def _shown(char: str) -> str:
    name = unicodedata.name(char, "").lower()
    code = f"U+{ord(char):04X}"
    if unicodedata.category(char) == "Cc":
        return f"{code} (a control character)"
    seen = f"'{char}' " if char.isprintable() and not char.isspace() else ""
    return f"{seen}({name}, {code})" if name and not char.isascii() else f"{seen}({code})"


def _replacement(char: str) -> str | None:
    """The ASCII or Greek character that a full-width or styled one stands for."""
    if unicodedata.category(char) == "Cf":
        return "remove it; it is invisible"
    plain = unicodedata.normalize("NFKC", char)
    if plain == char or not plain.strip():
        return "write a space" if char.isspace() else None
    return f"write {canonical_name(plain)}" if canonical_name(plain).isascii() else None
