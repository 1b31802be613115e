"""One mistake hides no other."""

from __future__ import annotations

import pytest

from pdedsl.diagnostics import Source
from pdedsl.syntax import ast, read


def test_several_errors_and_the_good_statements(reading_of):
    text = """\
problem Title
param k = 1, h = 2 3
let a = (k + 1
unknown u(x)
eq: lap(u) = 2 u
bc: u = 0 on boundary
u = 3
exact u = a**2
ic: u = 0 at t
"""
    reading = reading_of(text)
    found = [(text.count("\n", 0, d.span.start) + 1, d.code) for d in reading.report]
    assert found == [
        (1, "E108"), (2, "E104"), (3, "E103"), (5, "E104"), (7, "E105"), (8, "E110"), (9, "E106"),
    ]  # fmt: skip
    assert [type(s) for s in reading.spec.statements] == [ast.Unknown, ast.Law]


@pytest.mark.parametrize(
    "keyword",
    ["language 1", 'problem "a"', "param k = 1", "let a = 1", "operator L[w] = w", "region D = A",
     "domain D: x in A", "time t in A", "unknown u", "interface G = A", 'data w(x) from "a"',
     "exact u = 1", 'reference u from "a"', "output a = 1", "eq: u = 0", "bc: u = 0",
     "ic: u = 0", "fit: u = 0"],
)  # fmt: skip
def test_a_keyword_ends_an_open_bracket(reading_of, keyword):
    text = f"let a = f([1, 2, (3 + 4\n{keyword}\nlet c = 1"
    reading = reading_of(text)
    first = next(iter(reading.report))
    assert first.code == "E103"
    assert text[first.span.start :].startswith("(3")
    assert len(reading.spec.statements) == 2


def test_a_stray_closing_bracket_ends_with_its_statement(reading_of):
    reading = reading_of("let a = 1))\nlet b = (2]\nlet c = 3")
    assert [d.code for d in reading.report] == ["E103", "E103"]
    assert len(reading.spec.statements) == 1
    (note,) = list(reading.report)[1].notes
    assert note.message == "'(' was opened here"


def test_an_unclosed_string_ends_with_its_line(reading_of):
    reading = reading_of('problem "abc\nlet c = 3\ndata w(x) from "a')
    assert [d.code for d in reading.report] == ["E108", "E108"]
    assert len(reading.spec.statements) == 1


def test_a_half_written_line_is_not_joined_with_the_next(reading_of):
    reading = reading_of("eq: u =\nbc: u = 0\nparam k = 1,\nlet a = 2 +\nlet b = 1")
    assert [d.code for d in reading.report] == ["E106", "E101", "E106"]
    assert len(reading.spec.statements) == 2


def test_reading_does_not_depend_on_what_was_read_before():
    texts = ["eq: u = 2 u", "let a = 1", "u = 0", "eq: u** = 0"] * 2
    reports = [list(read(Source("t", text)).report) for text in texts]
    assert reports[:4] == reports[4:]
