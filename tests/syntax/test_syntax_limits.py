"""No text, however large or strange, does more than give diagnostics."""

from __future__ import annotations

import sys

import pytest

from pdedsl.diagnostics import Source, Span
from pdedsl.syntax import ast, limits, read, tokens
from pdedsl.syntax.limits import (
    MAX_BRACKETS,
    MAX_DEPTH,
    MAX_DIAGNOSTICS,
    MAX_STATEMENT_TOKENS,
    MAX_TOKENS,
)

MEGA = 1 << 20


@pytest.fixture
def counted(monkeypatch):
    """Count the tokens that the lexer hands out, however long the text."""
    seen = []
    original = tokens.tables()

    class Counting:
        def lex(self, text):
            for token in original.lex(text):
                seen.append(token.type)
                yield token

    monkeypatch.setattr(tokens, "tables", Counting)
    return seen


@pytest.mark.parametrize(
    "unit", ["(", ")", "-", "\n", "é", "#\n", '"\n', "$ ", "∇", "eq:\n", "2 ", "∂a "]
)
def test_a_megabyte_is_not_read_to_the_end(counted, unit):
    reading = read(Source("t", unit * (MEGA // len(unit))))
    assert len(counted) == MAX_TOKENS + 1
    assert reading.report.errors[-1].code == "E701" or len(reading.report) > MAX_DIAGNOSTICS
    assert "E701" in {d.code for d in reading.report}


@pytest.mark.parametrize(
    "text", ["x" * MEGA, " " * MEGA, "# " + "x" * MEGA, "let a = " + "x" * MEGA]
)
def test_a_megabyte_in_one_token(text):
    assert len(read(Source("t", text)).report) <= 1


def _deep(levels, text="x", *, opening="(", closing=")"):
    return "let a = " + opening * levels + text + closing * levels


def test_brackets(only_error, statement_of):
    statement_of(_deep(MAX_BRACKETS))
    error = only_error(_deep(MAX_BRACKETS + 1))
    assert error.code == "E701"
    assert error.span == Span(8 + MAX_BRACKETS, 9 + MAX_BRACKETS)


@pytest.mark.parametrize(
    "chain",
    [
        lambda n: "-" * n + "x",
        lambda n: "x^" * n + "x",
        lambda n: "x" + "(1)" * n,
        lambda n: "x" + "[1]" * n,
        lambda n: "x" + ".x" * n,
        lambda n: "Δ" * n + "x",
        lambda n: "not " * n + "x",
    ],
)
def test_depth_without_brackets(only_error, statement_of, chain):
    statement_of("let a = " + chain(64))
    for length in (MAX_DEPTH, 1200):
        assert only_error("let a = " + chain(length)).code == "E701"


def _depth(node):
    """Depth of a tree, found without recursion."""
    deepest, stack = 0, [(node, 1)]
    while stack:
        value, depth = stack.pop()
        deepest = max(deepest, depth)
        children = (
            value
            if isinstance(value, tuple)
            else [getattr(value, name) for name in getattr(value, "__match_args__", ())]
        )
        step = isinstance(value, ast.Node)
        stack += [(c, depth + step) for c in children if isinstance(c, (tuple, ast.Node))]
    return deepest


def test_accepted_trees_are_shallow(statement_of):
    """A pass that recurses with a few frames a level stays far from Python's limit."""
    inside = "f(not a < b union c + d*-e^"
    levels = 1
    while not read(Source("t", _deep(levels + 1, "1", opening=inside))).report.errors:
        levels += 1
    statement = statement_of(_deep(levels, "1", opening=inside))
    assert _depth(statement) <= MAX_DEPTH + 5 < sys.getrecursionlimit() / 5
    assert hash(statement) == hash(statement) and statement == statement and ast.dump(statement)


def test_long_statement(only_error, statement_of):
    terms = (MAX_STATEMENT_TOKENS - 4) // 2
    assert len(statement_of("let a = x" + "+x" * terms).definitions[0].value.rest) == terms
    error = only_error("let a = x" + "+x" * (terms + 1))
    assert error.code == "E701"


def test_statements_before_the_limit_are_kept(reading_of):
    reading = reading_of("let a = 1\n" * (MAX_TOKENS // 5) + "let b = 2 2\n" * 10)
    assert len(reading.spec.statements) == MAX_TOKENS // 5 - 1
    assert [d.code for d in reading.report] == ["E701"]


def test_many_errors_are_capped(reading_of):
    reading = reading_of("let a = 2 b\n" * 60)
    found = list(reading.report)
    assert len(found) == MAX_DIAGNOSTICS + 1
    assert found[-1].message == "and 10 more errors in the text from here on"
    assert len(reading_of("let a = 2 b\n" * MAX_DIAGNOSTICS).report) == MAX_DIAGNOSTICS


def test_many_signs_in_one_statement_are_capped(reading_of):
    assert len(reading_of("let a = " + " ".join(f"b{i}'" for i in range(1500))).report) <= 51


def test_digits(only_error, statement_of):
    statement_of("param k = 1" + "0" * 300)
    assert only_error("param k = " + "1" * 401).code == "E702"
    assert only_error("param k = 0." + "1" * 401).code == "E702"
    assert only_error("param k = 1" + "0" * 309).code == "E702"
    assert only_error("param k = 1e999999999999").code == "E702"
    statement_of("param k = 0.0e-999")


def test_limits_are_as_documented():
    assert (limits.MAX_BYTES, MAX_TOKENS, MAX_STATEMENT_TOKENS) == (1 << 20, 20_000, 4_000)
