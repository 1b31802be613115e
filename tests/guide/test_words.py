"""Every word is explained once, and the lists of words for editors are the language's own."""

from __future__ import annotations

import json
import re
import tomllib

import pytest
from pygments.token import Comment, Error, Keyword, Name, Operator

from pdedsl.diagnostics import Source
from pdedsl.guide import words
from pdedsl.guide.pygments_lexer import PdeLexer
from pdedsl.sema.scope import BUILT_IN
from pdedsl.syntax import read
from tests.conftest import ROOT, SPECS

EDITORS = ROOT / "grammar" / "editors"
TEXTMATE = json.loads(
    (EDITORS / "vscode" / "syntaxes" / "pde.tmLanguage.json").read_text(encoding="utf-8")
)


def keywords() -> set[str]:
    """The keywords as the grammar has them: words that no name can be."""
    text = (ROOT / "grammar" / "pde.lark").read_text(encoding="utf-8")
    return set(re.search(r"\(\?!\(\?:([a-z|]+)\)", text)[1].split("|"))


def of_kind(*kinds: str) -> set[str]:
    return {word.name for word in words().values() if word.kind in kinds}


def in_textmate(*parts: str) -> set[str]:
    """The words in the first bracket of patterns of the TextMate grammar."""
    patterns = (TEXTMATE["repository"][part]["match"] for part in parts)
    return {word for p in patterns for word in re.search(r"\(([^)?]+)\)", p)[1].split("|")}


def test_every_word_is_explained() -> None:
    assert of_kind("keywords") == keywords()
    assert set(words()) >= BUILT_IN
    assert set(words()) - keywords() - BUILT_IN <= {"curve", "mesh", "rotate", "scale", "shift"}


@pytest.mark.parametrize("name", sorted(of_kind("functions", "calculus")))
def test_a_form_is_an_expression(name: str) -> None:
    text = f"output a = {words()[name].form}\n"
    assert len(read(Source("form", text)).report) == 0


@pytest.mark.parametrize("name", sorted(set("param let operator region domain time".split())))
def test_a_form_is_a_statement(name: str) -> None:
    assert len(read(Source("form", words()[name].form + "\n")).report) == 0


def test_the_textmate_grammar_has_the_words_of_the_language() -> None:
    assert in_textmate("law", "statement", "word") == keywords()
    assert in_textmate("function") == of_kind("functions", "calculus") - {"n", "pi"}
    assert in_textmate("set") == of_kind("sets")


def test_the_lexer_is_registered() -> None:
    with open(ROOT / "pyproject.toml", "rb") as file:
        declared = tomllib.load(file)["project"]["entry-points"]["pygments.lexers"]
    assert declared == {"pde": "pdedsl.guide.pygments_lexer:PdeLexer"}


@pytest.mark.parametrize("path", SPECS, ids=lambda p: p.stem)
def test_specs_have_colours(path) -> None:
    text = path.read_text(encoding="utf-8")
    tokens = list(PdeLexer().get_tokens(text))
    assert "".join(value for _, value in tokens) == text
    kinds = {kind for kind, _ in tokens}
    assert Error not in kinds
    assert {Keyword, Name, Comment.Single, Operator} <= kinds


def test_the_lexer_knows_each_part() -> None:
    text = "bc wall: lap(u) = 2*pi on boundary where x > 1 and y != d\n"
    found = {value: kind for kind, value in PdeLexer().get_tokens(text) if value.strip()}
    assert found["wall"] is Name.Label
    assert found["lap"] is Name.Builtin
    assert found["pi"] is Name.Constant
    assert found["boundary"] is Name.Class
    assert found["and"] is Operator.Word
    assert found["d"] is Name
