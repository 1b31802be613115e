"""Formatting keeps the tree and the comments, and formatting twice changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spec_texts import ALL, WAKE

from pdedsl.diagnostics import Source, Span, UserError
from pdedsl.syntax import ast, format_expression, format_source, format_statement, load_source, read
from pdedsl.syntax import format as module

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*.pde"))
HERE = Span(0, 0)


def formatted(text):
    return format_source(Source("t.pde", text))


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("let  z=a+b-c", "let z = a + b - c"),
        ("let z = a * b / c ^ 2", "let z = a*b/c^2"),
        ("let z = - a", "let z = -a"),
        ("let z = f( x,y , k=1 )", "let z = f(x, y, k = 1)"),
        ("let f( s )=s , g = 2", "let f(s) = s, g = 2"),
        ("let z = ((a + b))*(c*d)*(e)", "let z = (a + b)*(c*d)*e"),
        ("let z = (-a)^2 - (a^2) + (-(b))", "let z = (-a)^2 - a^2 + -b"),
        ("let z = (a^b)^c + a^(b^c)", "let z = (a^b)^c + a^b^c"),
        ("let z = sum( x[ i ] for i in 1 .. 5 )", "let z = sum(x[i] for i in 1..5)"),
        ("let z = v [1] . c", "let z = v[1].c"),
        ("let z = 2·π×λ1 − x²", "let z = 2*pi*lambda1 - x^2"),
        ("let z = ∇u + Δ(v)", "let z = grad(u) + lap(v)"),
        ("let z = (a, b)[1] + (a + b)[2]", "let z = (a, b)[1] + (a + b)[2]"),
        ("domain Omega : (x,y) in [0,1]*[-1 , 1]^2", "domain Omega: (x, y) in [0, 1] * [-1, 1]^2"),
        ("domain D: (x) in A", "domain D: x in A"),
        ("time   t in [0,1]", "time t in [0, 1]"),
        ("region D=A minus(B union C)", "region D = A minus (B union C)"),
        ("param k=1,beta in [1,30]", "param k = 1, beta in [1, 30]"),
        ("unknown v( x ,t) in R^2,k>0<1 guess .5".replace(" .5", " 0.5"),
         "unknown v(x, t) in R^2, k > 0 < 1 guess 0.5"),
        ("operator L [w]=lap(w)", "operator L[w] = lap(w)"),
        ('data  w(x,u)from "a b.csv"', 'data w(x, u) from "a b.csv"'),
        ('reference u(x),v from "#.csv"', 'reference u(x), v from "#.csv"'),
        ("exact u=1,v=2", "exact u = 1, v = 2"),
        ("output a=max( u ),b=integral(dn(u),x=0,y=1)",
         "output a = max(u), b = integral(dn(u), x = 0, y = 1)"),
        ("ic:u=0 at t=0", "ic: u = 0  at t = 0"),
        ("eq mass :div(v)=0 in A", "eq mass: div(v) = 0  in A"),
        ("bc: u=0,v=1 on x=0,y=1 where y>0 and not x<=1 or x≠2",
         "bc: u = 0, v = 1  on x = 0, y = 1 where y > 0 and not x <= 1 or x != 2"),
        ("bc: u,v periodic ∈ x", "bc: u, v periodic in x"),
        ("bc: u(x=0)=u(x=1) at (x,y)=(0,0)", "bc: u(x = 0) = u(x = 1)  at (x, y) = (0, 0)"),
        ("eq: a\n  = b\n  + c", "eq: a = b + c"),
        ("language   1", "language 1"),
        ('problem   "a  b"', 'problem "a  b"'),
    ],
)  # fmt: skip
def test_canonical_text(written, canonical):
    assert formatted(written) == canonical + "\n"
    assert formatted(canonical) == canonical + "\n"


@pytest.mark.parametrize("text", [*ALL, *(load_source(path).text for path in SPECS)])
def test_whole_files(text):
    once = formatted(text)
    assert formatted(once) == once
    assert read(Source("t", once)).spec == read(Source("t", text)).spec
    assert once.endswith("\n") and not once.endswith("\n\n")
    assert max(len(line) for line in once.splitlines() if "#" not in line) <= module.WIDTH


def test_a_comment_stays_with_its_own_statement():
    text = 'problem "p"\ndomain O: x in [0, 1]\nunknown u(x)\neq: u_x = 0  # why\n'
    assert format_source(Source("t", text)) == text


def test_comments_and_blank_lines():
    written = """\


#  head

# of a
param k = 1   # one
#  before b


let b = f(  # inside
  1,
  # also inside
  2)  # after


eq: a
  # two
  = b


# last

"""
    expected = """\
#  head

# of a
param k = 1  # one
#  before b

# inside
# also inside
let b = f(1, 2)  # after

# two
eq: a = b

# last
"""
    assert formatted(written) == expected
    assert formatted(expected) == expected


@pytest.mark.parametrize(
    ("text", "result"),
    [("", ""), ("\n\n", ""), ("# c", "# c\n"), ("\r\n# c\r\nlet a = 1\r\n", "# c\nlet a = 1\n")],
)
def test_little_or_nothing(text, result):
    assert formatted(text) == result


def test_long_statements_are_broken():
    terms = " + ".join(f"alpha{i}*sin(k{i}*x)" for i in range(20))
    once = formatted(f"eq momentum: d(u, t) + advect(u, u) = {terms}  on boundary where x > 0")
    lines = once.splitlines()
    assert lines[0] == "eq momentum: d(u, t) + advect(u, u)"
    assert all(len(line) <= module.WIDTH for line in lines)
    assert all(line.startswith("    ") for line in lines[1:])
    assert lines[-1].endswith("  on boundary where x > 0")
    assert formatted(once) == once


def test_breaks_after_commas_and_before_products():
    once = formatted("let a = f(" + ", ".join(f"name{i}" for i in range(40)) + ")")
    assert all(line.endswith(",") for line in once.splitlines()[:-1])
    once = formatted("let a = " + "*".join(f"name{i}" for i in range(40)))
    assert all(line.strip().startswith("*") for line in once.splitlines()[1:])
    once = formatted("param " + ", ".join(f"name{i} = {i}" for i in range(40)))
    assert once.count("\n") > 2 and formatted(once) == once


def test_a_name_wider_than_the_line():
    name = "x" * 150
    once = formatted(f"eq: {name}_x = {name} + {name}")
    assert formatted(once) == once


def test_syntax_errors_are_raised():
    with pytest.raises(UserError, match="E104"):
        formatted("eq: u = 2 u")


def test_a_printer_that_changes_the_tree_is_found(monkeypatch):
    monkeypatch.setattr(module, "statement_lines", lambda statement: ["let a = 1"])
    with pytest.raises(RuntimeError, match="change"):
        formatted("let a = 2")
    monkeypatch.setattr(module, "statement_lines", lambda statement: ["let a ="])
    with pytest.raises(RuntimeError, match="change"):
        formatted("let a = 2")


# --- random trees ----------------------------------------------------------------------

names = st.sampled_from(["x", "u_xx", "lambda1", "R", "wake", "pi", "eqs"]).map(
    lambda text: ast.Name(text, span=HERE)
)
numbers = st.sampled_from(["0", "1", "0.50", "1e-4"]).map(lambda text: ast.Number(text, span=HERE))
units = st.sampled_from(["m", "W/(m K)", "1/s"]).map(lambda text: ast.Unit(text, span=HERE))
quantities = st.builds(ast.Quantity, numbers, units, span=st.just(HERE))
_OPERATORS = {
    "sum": "+-",
    "product": "*/",
    "set": ["union", "intersect", "minus"],
    "and": ["and"],
    "or": ["or"],
}


def _some(items, least=1, most=3):
    return st.lists(items, min_size=least, max_size=most).map(tuple)


def _chains(inner):
    def of(level):
        rest = _some(st.tuples(st.sampled_from(_OPERATORS[level]), inner))
        return st.builds(ast.Chain, st.just(level), inner, rest, span=st.just(HERE))

    return st.sampled_from(sorted(_OPERATORS)).flatmap(of)


def _named(inner):
    """What can be called: a name, with arguments, components or a column behind it."""
    argument = st.one_of(
        inner,
        st.builds(ast.Keyword, names, inner, span=st.just(HERE)),
        st.builds(ast.Comprehension, inner, names, inner, inner, span=st.just(HERE)),
    )

    def grow(base):
        return st.one_of(
            st.builds(ast.Call, base, _some(argument, 0), span=st.just(HERE)),
            st.builds(ast.Index, base, _some(inner), span=st.just(HERE)),
            st.builds(ast.Column, base, names, span=st.just(HERE)),
        )

    return st.recursive(names, grow, max_leaves=3)


def _grow(inner):
    here = st.just(HERE)
    return st.one_of(
        _chains(inner),
        _named(inner),
        st.builds(ast.Negative, inner, span=here),
        st.builds(ast.Not, inner, span=here),
        st.builds(ast.Power, inner, inner, span=here),
        st.builds(
            ast.Compare, st.sampled_from(["<", "<=", ">", ">=", "!="]), inner, inner, span=here
        ),
        st.builds(ast.Index, inner, _some(inner), span=here),
        st.builds(ast.Tuple, _some(inner, 2), span=here),
        st.builds(ast.List, _some(inner), span=here),
    )


plain = st.recursive(names | numbers, _grow, max_leaves=12)
expressions = st.recursive(names | numbers | quantities, _grow, max_leaves=12)


@st.composite
def laws(draw):
    here = st.just(HERE)
    equations = _some(st.builds(ast.Equation, expressions, expressions, span=here))
    periodic = st.builds(ast.Periodic, _some(names), _some(names), span=here)
    locus = st.builds(ast.Locus, expressions, st.none() | expressions, span=here)
    place = st.one_of(
        st.none(),
        st.builds(ast.Inside, expressions, span=here),
        st.builds(ast.On, _some(locus), st.none() | expressions, span=here),
        st.builds(ast.At, equations, span=here),
    )
    kind = st.sampled_from(["eq", "bc", "ic", "fit"])
    body = equations | periodic
    noise = st.none() | expressions
    return draw(st.builds(ast.Law, kind, st.none() | names, body, place, noise, span=here))


@st.composite
def declarations(draw):
    here = st.just(HERE)
    binding = st.builds(ast.Binding, names, expressions, span=here)
    formals = st.none() | _some(names)
    definition = st.builds(ast.Definition, names, formals, expressions, span=here)
    # The last unit of an unknown is that of all its numbers.
    bound = st.builds(ast.Bound, st.sampled_from(["<", ">="]), plain, span=here)
    field = st.builds(
        ast.Field, names, formals, _some(plain, 0, 2), _some(bound, 0, 2),
        st.none() | plain, st.none() | plain, st.none() | units, span=here,
    )  # fmt: skip
    return draw(
        st.one_of(
            st.builds(ast.Param, _some(binding), span=here),
            st.builds(ast.Let, _some(definition), span=here),
            st.builds(ast.Unknown, _some(field), span=here),
            st.builds(ast.Exact, _some(binding), span=here),
            st.builds(ast.Operator, names, _some(names), expressions, span=here),
            st.builds(ast.Region, names, expressions, span=here),
        )
    )


@given(expressions)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_random_expressions_are_read_back(node):
    text = f"let z = {format_expression(node)}"
    reading = read(Source("t", text))
    assert not list(reading.report), text
    (let,) = reading.spec.statements
    assert let.definitions[0].value == node


@given(st.lists(laws() | declarations(), min_size=1, max_size=3))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_random_statements_are_read_back(statements):
    text = "\n".join(format_statement(statement) for statement in statements)
    reading = read(Source("t", text))
    assert not list(reading.report), text
    assert reading.spec.statements == tuple(statements)
    once = formatted(text)
    assert read(Source("t", once)).spec.statements == tuple(statements)
    assert formatted(once) == once


@given(st.data())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_comments_survive(data):
    lines = []
    for number, line in enumerate(WAKE.splitlines()):
        kind = data.draw(st.sampled_from(["", "end", "own", "blank"]))
        lines += {"own": [f"  #own{number}  "], "blank": ["", ""]}.get(kind, [])
        lines.append(line + (f"#end{number}" if kind == "end" else ""))
    text = "\n".join(lines)
    once = formatted(text)
    assert formatted(once) == once
    found = [c.text for c in read(Source("t", once)).comments]
    assert sorted(found) == sorted(c.text for c in read(Source("t", text)).comments)
    assert read(Source("t", once)).spec == read(Source("t", text)).spec
