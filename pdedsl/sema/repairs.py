"""Mends as changes of the text, each tried: what is offered takes the diagnostic away.

A mend is a short text for a reader, such as ``write 2*us``. Here it is read back: what to write,
and in place of what. Several places may be meant; the first that helps is taken. A change helps
if the diagnostic is gone and the statement it touches has no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lark import Token

from pdedsl.diagnostics import Diagnostic, Source, Span
from pdedsl.syntax import read
from pdedsl.syntax.phrases import operand_end
from pdedsl.syntax.spelling import canonical_name
from pdedsl.syntax.statements import Chunk, split
from pdedsl.syntax.tokens import CLOSING, OPENING, OTHER_KEYWORDS, STATEMENT_STARTS, lex, span_of

from .analyse import examine
from .scope import BUILT_IN

_KEYWORDS = STATEMENT_STARTS | OTHER_KEYWORDS | {"CMP"}
_TEXT = re.compile(
    r"(?:write|did you mean|add one:|add|declare it(?: first)?:)\s+(?P<text>.+?)\??$"
)
_REMOVE = re.compile(r"(?:remove (?:it|\S{1,3})|leave it out|use it, or leave it out)(?:[;:].*)?$")
_NEW_LINE = re.compile(r"start a new line before \w+$")
_IN_PLACE_OF = re.compile(r"(?P<text>.+) in place of (?P<old>.+)$")
_PROSE = re.compile(r"(?:an?|the|one|it|instead|commas|more)\b ")
# Where the text to be written may end, and words to the reader begin.
_ENDS = re.compile(r", or | or |, and | with | for | here|, say|, above | to |, which ")
_MOST_TOKENS = 12
_VALUE = "…"

# What may stand before and behind an operand that is replaced; else it is a part of another.
_BEFORE = frozenset("PLUS MINUS STAR SLASH EQUAL COMMA COLON LPAR LSQB".split()) | _KEYWORDS
_BEHIND = frozenset("PLUS MINUS STAR SLASH EQUAL COMMA COLON RPAR RSQB".split()) | _KEYWORDS
_SPELLINGS = frozenset(["E102", "E107", "E110"])
"""Codes of text in another spelling, whose words need not come back."""


@dataclass(frozen=True)
class Edit:
    """A span of the text, and what is to stand there."""

    span: Span
    text: str


@dataclass(frozen=True)
class Repair:
    """A change of the text with its title; the edits do not overlap."""

    title: str
    edits: tuple[Edit, ...]

    def applied(self, text: str) -> str:
        """The text with the change."""
        for edit in sorted(self.edits, key=lambda e: e.span, reverse=True):
            text = text[: edit.span.start] + edit.text + text[edit.span.end :]
        return text


def repairs(diagnostic: Diagnostic, source: Source, base: Path) -> Iterator[Repair]:
    """The changes that take a diagnostic away, best first; none where the mend is no text.

    Args:
        diagnostic: of the text, with its mend.
        source: the text.
        base: folder that paths of data files are relative to.
    """
    told: set[str] = set()
    for group in _groups(diagnostic, source):
        for repair in group:
            after = repair.applied(source.text)
            if after not in told and _helps(diagnostic, repair, Source(source.name, after), base):
                told.add(after)
                yield repair
                break


def _helps(diagnostic: Diagnostic, repair: Repair, after: Source, base: Path) -> bool:
    """Whether the diagnostic is gone, and no other stands where it was or where text is new."""
    touched = list(_touched(diagnostic, repair, after))
    if _is_wrong(read(after).report, touched):
        return False
    _, report = examine(after, base)
    if any(d.code == diagnostic.code and d.message == diagnostic.message for d in report):
        return False
    return not _is_wrong(report.errors, touched)


def _touched(diagnostic: Diagnostic, repair: Repair, after: Source) -> Iterator[Span]:
    """The statements with new text, and that of the diagnostic."""
    places, moved = [], 0
    start = diagnostic.span.start if diagnostic.span else 0
    for edit in sorted(repair.edits, key=lambda e: e.span):
        places.append(Span(edit.span.start + moved, edit.span.start + moved + len(edit.text)))
        moved += len(edit.text) - (edit.span.end - edit.span.start)
        if edit.span.end <= start:
            start += len(edit.text) - (edit.span.end - edit.span.start)
    places.append(Span(start, start))
    for chunk in split(lex(after).tokens):
        if any(p.start <= chunk.span.end and chunk.span.start <= p.end for p in places):
            yield chunk.span


def _is_wrong(found: Iterable[Diagnostic], touched: Sequence[Span]) -> bool:
    starts = [d.span.start for d in found if d.span is not None]
    return any(span.start <= start <= span.end for span in touched for start in starts)


def _groups(diagnostic: Diagnostic, source: Source) -> Iterator[Iterator[Repair]]:
    """What the mend may mean, and for each the places that it may be meant for."""
    mend, span = diagnostic.mend or "", diagnostic.span
    chunk = _statement(span, source)
    if _REMOVE.match(mend) and span is not None:
        yield (Repair("remove it", (Edit(s, ""),)) for s in _removals(span, chunk, source))
    elif _NEW_LINE.match(mend) and span is not None:
        yield iter([Repair(mend, (Edit(Span(span.start, span.start), "\n"),))])
    elif (match := _TEXT.match(mend)) is not None and not _PROSE.match(match["text"]):
        is_added = mend.startswith(("add", "declare"))
        if (other := _IN_PLACE_OF.match(match["text"])) is not None:
            yield _exchanged(other["text"], other["old"], diagnostic, chunk, source)
            return
        for text in _alternatives(match["text"].removesuffix(", say")):
            yield _added(text, chunk, source) if is_added else _written(text, diagnostic, chunk)


def _alternatives(text: str) -> list[str]:
    """The text, and its beginnings and ends at words to the reader, longest first."""
    cuts = [(match.start(), match.end()) for match in _ENDS.finditer(text)]
    heads = [text[:start] for start, _ in reversed(cuts)]
    tails = [text[end:] for start, end in cuts if text[start:end] in (", or ", " or ")]
    return [text, *heads, *tails]


def _exchanged(
    text: str, old: str, diagnostic: Diagnostic, chunk: Chunk | None, source: Source
) -> Iterator[Repair]:
    """The text in place of a word that stands once in the statement, or of what is pointed at."""
    if chunk is None or diagnostic.span is None:
        return
    if old == "it":
        length = 2 if text == "#" else diagnostic.span.end - diagnostic.span.start  # //
        span = Span(diagnostic.span.start, diagnostic.span.start + length)
        yield Repair(f"write {text}", (Edit(span, text),))
        return
    same = [span_of(token) for token in chunk.tokens if str(token) == old]
    if len(same) == 1:
        yield Repair(f"write {text}", (Edit(same[0], text),))


def _added(text: str, chunk: Chunk | None, source: Source) -> Iterator[Repair]:
    """The text beside what there is; a value that is left open is zero, to be changed."""
    text = text.strip().replace(_VALUE, "0")
    kind = next((t.type for t in lex(Source("", text)).tokens), "")
    for edit in _additions(text, kind, chunk, source):
        yield Repair(f"add {text}", (edit,))


def _written(text: str, diagnostic: Diagnostic, chunk: Chunk | None) -> Iterator[Repair]:
    """The text in place of what the diagnostic points at, or of the operand that holds it."""
    span, tokens = diagnostic.span, lex(Source("", text)).tokens
    if span is None or chunk is None or not tokens or _VALUE in text:
        return
    if tokens[0].type in STATEMENT_STARTS:
        yield from (Repair(f"write {text}", (Edit(s, text),)) for s in (span, chunk.span))
        return
    for place in _places(tokens, diagnostic.code, span, chunk):
        yield Repair(f"write {text}", (Edit(place, text),))


def _additions(text: str, kind: str, chunk: Chunk | None, source: Source) -> Iterator[Edit]:
    """A place at the end of a law, or a statement: behind the last one, or before this one."""
    if chunk is not None and kind not in STATEMENT_STARTS:
        end = chunk.span.end
        yield Edit(Span(end, end), f"  {text}")
        return
    if chunk is not None and kind != "LAW":
        yield Edit(Span(chunk.span.start, chunk.span.start), f"{text}\n")
    laws = [c.span.end for c in split(lex(source).tokens) if c.tokens[0].type == "LAW"]
    for end in [*laws[-1:], len(source.text.rstrip())]:
        yield Edit(Span(end, end), f"\n{text}")


def _places(new: Sequence[Token], code: str, span: Span, chunk: Chunk) -> Iterator[Span]:
    """The span itself and the operands around it, shortest first, that lose no word."""
    tokens = chunk.tokens
    first = next((i for i, t in enumerate(tokens) if span_of(t).end > span.start), 0)
    last = next((i for i, t in enumerate(tokens) if span_of(t).end >= span.end), len(tokens) - 1)
    pointed = tokens[first : last + 1]
    words, texts = _words(new), {str(token) for token in new}
    is_replaced = code in _SPELLINGS or all(t.type != "NUMBER" for t in pointed)
    is_reduced = code[:2] in ("E2", "E3") and set(words) <= set(_words(pointed))
    kept = [] if is_replaced or is_reduced else pointed
    pairs = [
        (a, b)
        for a in range(max(0, first - _MOST_TOKENS), first + 1)
        for b in range(last, min(len(tokens), last + _MOST_TOKENS))
    ]
    for a, b in sorted(pairs, key=lambda pair: pair[1] - pair[0]):
        outside = [*tokens[a:first], *tokens[last + 1 : b + 1]]
        is_lost = any(not _is_in(word, words) for word in _words([*outside, *kept]))
        is_lost |= any(_is_said(token) and str(token) not in texts for token in outside)
        if not is_lost and (not words or _stands_alone(tokens, a, b, new)):
            yield span_of(tokens[a]).to(span_of(tokens[b]))


def _is_said(token: Token) -> bool:
    """Whether a token says something beside names: a sign, or a built-in name."""
    return token.type in ("PLUS", "MINUS", "EQUAL", "CMP") or canonical_name(str(token)) in BUILT_IN


def _is_in(word: str, words: Sequence[str]) -> bool:
    """Whether a word is among others, or the field of one, as in u_xx."""
    return any(other == word or other.startswith(f"{word}_") for other in words)


def _stands_alone(tokens: Sequence[Token], first: int, last: int, new: Sequence[Token]) -> bool:
    """Whether tokens are a whole operand, in whose place the new ones can stand."""
    if new[0].type in OTHER_KEYWORDS:
        return tokens[first].type in OTHER_KEYWORDS or first == 0
    before = tokens[first - 1].type if first else "COLON"
    behind = tokens[last + 1].type if last + 1 < len(tokens) else "COMMA"
    is_name = first == last and tokens[first].type == "NAME" and len(new) == 1
    is_whole = operand_end(new, 0) == len(new)
    fits_behind = (
        behind in _BEHIND
        or (is_name and behind in OPENING)
        or (is_whole and behind in ("CIRCUMFLEX", "SUPERSCRIPT"))
    )
    return before in _BEFORE and fits_behind


def _words(tokens: Sequence[Token]) -> list[str]:
    """The names and numbers among tokens, without those that are built in."""
    words = [canonical_name(str(t)) for t in tokens if t.type in ("NAME", "NUMBER", "PI")]
    return [word for word in words if word not in BUILT_IN]


def _removals(span: Span, chunk: Chunk | None, source: Source) -> Iterator[Span]:
    """A whole statement that is no law with its line, a part of a list with its comma, the span."""
    if chunk is None or span == chunk.span:
        return
    tokens = chunk.tokens
    is_declared = len(tokens) > 1 and span_of(tokens[1]) == span and "COMMA" not in _outside(tokens)
    if tokens[0].type != "LAW" and (is_declared or span.start == chunk.span.start):
        end = source.text.find("\n", chunk.span.end)
        yield Span(chunk.span.start, len(source.text) if end < 0 else end + 1)
        return
    yield from _item(span, chunk)
    yield span


def _outside(tokens: Sequence[Token]) -> Iterator[str]:
    """Types of the tokens outside of all brackets."""
    depth = 0
    for token in tokens:
        depth += (token.type in OPENING) - (token.type in CLOSING)
        if depth == 0:
            yield token.type


def _item(span: Span, chunk: Chunk) -> Iterator[Span]:
    """The item of a list that starts with a span, with the comma before or behind it."""
    tokens, depth = chunk.tokens, 0
    commas = []
    for token in tokens:
        depth += (token.type in OPENING) - (token.type in CLOSING)
        if token.type == "COMMA" and depth == 0:
            commas.append(span_of(token))
    before = next((c for c in reversed(commas) if c.end <= span.start), None)
    behind = next((c for c in commas if c.start >= span.end), None)
    if before is not None:
        yield Span(before.start, behind.start if behind else chunk.span.end)
    elif behind is not None:
        following = next(t for t in tokens if span_of(t).start >= behind.end)
        yield Span(span.start, span_of(following).start)


def _statement(span: Span | None, source: Source) -> Chunk | None:
    """The statement that a span lies in."""
    if span is None:
        return None
    chunks = split(lex(source).tokens)
    return next((c for c in chunks if c.span.start <= span.start <= c.span.end), None)
