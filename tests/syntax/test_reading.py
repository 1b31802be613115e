"""What the trees of well-formed texts are, and where their nodes stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from spec_texts import ALL, BURGERS, FORMS, WAKE

from pdedsl.diagnostics import Source, Span
from pdedsl.syntax import ast, load_source, read

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*.pde"))


@pytest.mark.parametrize("text", ALL)
def test_every_form_is_read(reading_of, text):
    reading = reading_of(text)
    assert not list(reading.report)
    continued = text.count("\n   ")
    assert len(reading.spec.statements) == len(text.splitlines()) - continued


def test_all_statements_are_met():
    met = {type(s).__name__ for text in ALL for s in read(Source("t", text)).spec.statements}
    assert met == {kind.__name__ for kind in ast.Statement.__subclasses__()}


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_gallery(path):
    assert not list(read(load_source(path)).report)


def test_golden_law(statement_of):
    law = statement_of("bc left: -k*u_x = 0  on x = 0, y = 1 where y > 0")
    assert (
        ast.dump(law)
        == """\
Law
  kind: 'bc'
  label:
    Name
      id: 'left'
  body:
    Equation
      left:
        Chain
          level: 'product'
          first:
            Negative
              operand:
                Name
                  id: 'k'
          rest:
            '*'
            Name
              id: 'u_x'
      right:
        Number
          text: '0'
  place:
    On
      loci:
        Locus
          target:
            Name
              id: 'x'
          value:
            Number
              text: '0'
        Locus
          target:
            Name
              id: 'y'
          value:
            Number
              text: '1'
      where:
        Compare
          op: '>'
          left:
            Name
              id: 'y'
          right:
            Number
              text: '0'
  noise: None"""
    )


def test_golden_unknown(statement_of):
    assert (
        ast.dump(statement_of("unknown v(x) in R^2, nu > 0 guess 0.1"))
        == """\
Unknown
  fields:
    Field
      name:
        Name
          id: 'v'
      formals:
        Name
          id: 'x'
      memberships:
        Power
          base:
            Name
              id: 'R'
          exponent:
            Number
              text: '2'
      bounds: ()
      guess: None
      modes: None
    Field
      name:
        Name
          id: 'nu'
      formals: None
      memberships: ()
      bounds:
        Bound
          op: '>'
          value:
            Number
              text: '0'
      guess:
        Number
          text: '0.1'
      modes: None"""
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("-a^2", "-(a^2)"),
        ("a^b^c", "a^(b^c)"),
        ("a^-b", "a^(-b)"),
        ("-a*b", "(-a)*b"),
        ("a*b + c/d", "(a*b) + (c/d)"),
        ("a < b and c or not d", "((a < b) and c) or (not d)"),
        ("A minus B*C", "A minus (B*C)"),
        ("a + b minus c", "(a + b) minus c"),
        ("f(x)[1].y", "((f(x)[1].y))"),
    ],
)
def test_precedence(statement_of, one, other):
    assert statement_of(f"let z = {one}") == statement_of(f"let z = {other}")


@pytest.mark.parametrize(
    ("one", "other"), [("a - b - c", "a - (b - c)"), ("(-a)^2", "-a^2"), ("a/b*c", "a/(b*c)")]
)
def test_brackets_matter(statement_of, one, other):
    assert statement_of(f"let z = {one}") != statement_of(f"let z = {other}")


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("let z = ν·λ1×µ", "let z = nu*lambda1*mu"),
        ("let z = 2*π − x²", "let z = 2*pi - x^2"),
        ("let z = Δu + Δ(v) + ∆w", "let z = lap(u) + lap(v) + lap(w)"),
        ("let z = ∇u + ∇(v) + Δ∇w", "let z = grad(u) + grad(v) + lap(grad(w))"),
        ("let z = ∂(u, x, 2) + θ_t", "let z = d(u, x, 2) + theta_t"),
        ("let z = x³*(y²)³", "let z = x^3*(y^2)^3"),
        ("let z = -x²", "let z = -(x^2)"),
        ("let ς = ϕ*ϵ + σ", "let varsigma = phi*epsilon + sigma"),
        ("domain Ω: x ∈ [0, 1]", "domain Omega: x in [0, 1]"),
        (
            "bc: u = 0 on b where x ≤ 1 and x ≥ 0 and x ≠ y",
            "bc: u = 0 on b where x <= 1 and x >= 0 and x != y",
        ),
        ("bc: u periodic ∈ x", "bc: u periodic in x"),
        ("bc: u = 0\r\n  on boundary\r\n", "bc: u = 0 on boundary"),
    ],
)
def test_other_spellings(reading_of, written, canonical):
    reading = reading_of(written)
    assert not list(reading.report)
    assert reading.spec == reading_of(canonical).spec


def test_every_greek_letter_has_an_ascii_name(statement_of):
    letters = [
        chr(c)
        for c in (
            *range(0x391, 0x3AA),
            *range(0x3B1, 0x3CA),
            0xB5,
            0x3D1,
            0x3D5,
            0x3F0,
            0x3F1,
            0x3F5,
        )
    ]
    for letter in letters:
        if letter in "πΔ\u03a2":
            continue
        name = statement_of(f"let {letter}2 = 1").definitions[0].name.id
        assert name.isascii() and name.endswith("2") and len(name) > 2


def _nodes(value):
    if isinstance(value, ast.Node):
        yield value
        for child in value.children():
            yield from _nodes(child)
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)


@pytest.mark.parametrize("text", ALL)
def test_spans_nest_and_cover(reading_of, text):
    for statement in reading_of(text).spec.statements:
        assert text[statement.span.start - 1 : statement.span.start] in ("", "\n")
        for node in _nodes(statement):
            assert statement.span.start <= node.span.start < node.span.end <= statement.span.end
            for child in _nodes(node):
                assert node.span.start <= child.span.start <= child.span.end <= node.span.end
            if isinstance(node, (ast.Name, ast.Number)):
                written = text[node.span.start : node.span.end].strip("()")
                assert written == (node.id if isinstance(node, ast.Name) else node.text)


def test_span_of_brackets_and_files(statement_of):
    text = 'data w(x) from "a.csv"'
    data = statement_of(text)
    assert text[data.path_span.start : data.path_span.end] == '"a.csv"'
    assert data.path == "a.csv"
    text = "let a = (x + 1)"
    assert statement_of(text).definitions[0].value.span == Span(8, 15)


@pytest.mark.parametrize(
    "text",
    [
        "eq: a\n = b\n + c\n - d\n * e\n / f\n ^ g\n on b\n where x\n < 1\n and y < 2\n or z < 3",
        "eq: a = b +\n c on\n boundary where\n not\n x < 1",
        "eq: f(\n a,\n\n b\n) = v[\n1\n]\n[\n2\n]".replace("]\n[", "]["),
        "eq: a # one\n # two\n\n = b\n # three\n + c",
        "unknown u(x),\n v\n in R^2\n > 0\n guess 1\n , w",
        "region A = B\n union C\n minus D\n intersect E",
        'data w(x)\n from "a.csv"',
        "bc: u\n periodic\n in x",
        "domain D:\n x\n in [0, 1]",
        "\n\n  \t\n# c\n   ic: u = 0\n   at t = 0\n\n\n",
    ],
)
def test_a_statement_over_several_lines(statement_of, text):
    words = " ".join(line.split("#")[0] for line in text.splitlines())
    assert statement_of(text) == statement_of(words)


def test_a_line_starts_a_statement(reading_of):
    reading = reading_of("let a = 1\nlet b = 2\n  eq: u = 0\n\tbc: u = 1\n")
    assert [type(s) for s in reading.spec.statements] == [ast.Let, ast.Let, ast.Law, ast.Law]


def test_keywords_are_parts_of_names(statement_of):
    names = ["eqs", "in1", "params", "icy", "notx", "time_", "union2", "fitting", "eqα"]
    for name in names:
        assert statement_of(f"let {name} = 1").definitions[0].name.id.startswith(name[:2])


def test_comments(reading_of):
    reading = reading_of('# a\nlet b = 1  # c  \n  # d\nproblem "# no"#e')
    assert [(c.text, c.own_line) for c in reading.comments] == [
        ("# a", True),
        ("# c", False),
        ("# d", True),
        ("#e", False),
    ]


@pytest.mark.parametrize("text", ["", "\n", "   ", "# only\n"])
def test_nothing_to_read(reading_of, text):
    reading = reading_of(text)
    assert reading.spec.statements == () and not list(reading.report)


def test_numbers_keep_their_text(statement_of):
    for text in ["1", "0.50", "1e-4", "1E+4", "007", "1.50e3"]:
        assert statement_of(f"let a = {text}").definitions[0].value == ast.Number(
            text, span=Span(0, 0)
        )


def test_version(reading_of):
    (error,) = reading_of("language 2\n" + BURGERS).report
    assert (error.code, error.mend) == ("E112", "write language 1")
    (error,) = reading_of(FORMS + "language 1").report
    assert (error.code, error.mend) == ("E112", "move it to the first line")
    assert not list(reading_of("# c\nlanguage 1\n" + WAKE).report)


def test_nodes_are_frozen_and_compare_without_places():
    here, there = Span(0, 1), Span(4, 5)
    node = ast.Name("x", span=here)
    assert node == ast.Name("x", span=there) == node.at(there) and node.at(there).span == there
    assert hash(node) == hash(node.at(there))
    assert node != ast.Name("y", span=here) and node != ast.Number("x", span=here)
    with pytest.raises(AttributeError):
        node.id = "y"
    with pytest.raises(TypeError, match="Name takes id, span"):
        ast.Name(span=here)


@pytest.mark.parametrize(
    "text",
    [
        "fit: u = p.v on p sigma = 0.1",
        "fit: u = p.v on p\n  σ = 0.1",
        "fit a: u = p.v on p sigma=p.e",
    ],
)
def test_the_noise_of_a_fit(statement_of, text):
    assert statement_of(text).noise is not None


def test_sigma_is_a_name_elsewhere(reading_of):
    reading = reading_of("param sigma = 2, a = 3\neq: u = sigma*2\nfit: u = sigma*p.v on p\n")
    assert not list(reading.report)
    assert all(law.noise is None for law in reading.spec.statements[1:])
