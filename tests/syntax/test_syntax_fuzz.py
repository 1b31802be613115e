"""Whatever the text, nothing but a tree and diagnostics comes out."""

from __future__ import annotations

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st
from spec_texts import ALL

from pdedsl.diagnostics import CODES, Source, render
from pdedsl.syntax import format_source, read
from pdedsl.syntax.tokens import OTHER_KEYWORDS, STATEMENT_STARTS

FUZZ = settings(max_examples=250, deadline=None, derandomize=True)
WORDS = sorted(
    {word for text in ALL for word in re.findall(r"\w+|[^\w\s]", text)}
    | {"**", "==", ":=", "..", "...", "&&", "!", "'", "{", "}", "$", "\\x", "%", "“", "é", "½"}
    | {"1.", ".5", "1e", '"', '"a"', "\n", "\n\n", "# c\n", "π", "Δ", "∇", "∂", "²", "∈", "·"}
    | {"in", "on", "at", "where", "from", "for", "guess", "union", "periodic", "and", "or", "not"}
)


def check(text):
    """Read a text; what comes out is well formed."""
    source = Source("t", text)
    reading = read(source)
    for diagnostic in reading.report:
        assert diagnostic.code in CODES
        assert diagnostic.span is not None
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)
        assert "__" not in diagnostic.message.replace("__", "") and "$END" not in diagnostic.message
        kinds = (k for k in ("_IN'", "LPAR", "RSQB", "ANON") if k not in text)
        assert not any(kind in diagnostic.message for kind in kinds)
        assert render(diagnostic, source)
    if not reading.report.errors:
        once = format_source(source)
        assert format_source(Source("t", once)) == once


@given(st.text(max_size=200))
@example("\x00\ufeff\ud800\u2028")
@example("eq: u = \u0661 + 1\u0665")
@FUZZ
def test_any_text(text):
    check(text)


@given(st.text(alphabet="eqbc: =()[]+-*/^,.\n \"'#019xu_<>", max_size=120))
@FUZZ
def test_text_of_the_usual_characters(text):
    check(text)


@given(st.lists(st.sampled_from(WORDS), max_size=40))
@FUZZ
def test_random_words(words):
    check(" ".join(words))


@given(st.sampled_from(sorted({"problem", "param", "let", "operator", "region", "domain", "time",
    "unknown", "interface", "data", "exact", "reference", "output", "eq", "bc:", "ic:", "fit"})),
    st.lists(st.sampled_from(WORDS), max_size=8))  # fmt: skip
@settings(max_examples=500, deadline=None, derandomize=True)
def test_random_words_behind_a_keyword(keyword, words):
    check(" ".join([keyword, *words]))


@given(st.sampled_from(ALL), st.data())
@FUZZ
def test_mutated_specs(text, data):
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 6)))
        text = text[:start] + data.draw(st.sampled_from([*WORDS, "", " "])) + text[end:]
    check(text)


@given(st.sampled_from(ALL), st.integers(0, 2000))
@FUZZ
def test_cut_specs(text, length):
    check(text[:length])


@given(st.sampled_from(ALL), st.data())
@FUZZ
def test_a_mistake_in_one_line_leaves_the_others(text, data):
    """Putting two operands side by side breaks its own statement alone."""
    lines = text.splitlines()
    number = data.draw(st.integers(0, len(lines) - 1))
    lines[number] += " 2 3"
    broken = read(Source("t", "\n".join(lines)))
    whole = read(Source("t", text))
    assert len(broken.spec.statements) == len(whole.spec.statements) - 1
    assert len(broken.report) == 1


def test_keyword_kinds_cover_the_grammar():
    from pdedsl.syntax.tables import tables

    words = {t.name for t in tables().terminals if re.fullmatch(r"[a-z]+", t.pattern.value)}
    assert words <= STATEMENT_STARTS | OTHER_KEYWORDS
