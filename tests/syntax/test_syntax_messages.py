"""Every message is reached by its own examples, and says what to write instead."""

from __future__ import annotations

from itertools import combinations

import pytest

from pdedsl.diagnostics import CODES, Source, UserError, render
from pdedsl.syntax import read
from pdedsl.syntax.foreign import _texts
from pdedsl.syntax.messages import find, message_table, messages
from pdedsl.syntax.parse import Failure, parse
from pdedsl.syntax.tokens import lex


def _failure(text):
    with pytest.raises(Failure) as caught:
        parse(lex(Source("t", text)).tokens)
    return caught.value


@pytest.mark.parametrize("message", messages(), ids=lambda message: message.name)
def test_every_example_reaches_its_message(message):
    assert message.code in CODES
    assert message.examples
    for example in message.examples:
        assert find(_failure(example)) is message, example
        (diagnostic,) = read(Source("t", example)).report
        assert diagnostic.code == message.code
        assert diagnostic.mend and "{" not in diagnostic.message + diagnostic.mend


def test_no_two_messages_share_a_key():
    for found in message_table().values():
        for one, other in combinations(found, 2):
            assert one.conditions != other.conditions, (one.name, other.name)


def test_names_are_unique():
    names = [message.name for message in messages()]
    assert len(names) == len(set(names))


def test_signs_have_codes():
    for name, entry in _texts().items():
        if name != "characters":
            assert entry["code"] in CODES


CASES = [
    # what papers write together
    ("bc: u = 0 on x = -1 and x = 2", "E110", "write on x = -1, x = 2", "and"),
    ("bc: u = 0 at x = 0 or y = L", "E110", "write on x = 0, y = L", "or"),
    ("bc: u = v = w = 0 on boundary", "E101", "write u = 0, v = 0, w = 0", "="),
    ("bc: p = 1, u(0) = u(1) = 0", "E101", "write u(0) = 0, u(1) = 0", "="),
    (
        "domain x in [0, 1], y in [0, 2]",
        "E110",
        "write domain Omega: (x, y) in [0, 1] * [0, 2]",
        "x in [0, 1], y in [0, 2]",
    ),
    (
        "domain D: x in [0, L], t in [0, 2]",
        "E110",
        "write domain D: x in [0, L], and time t in [0, 2] on a line of its own",
        "x in [0, L], t in [0, 2]",
    ),
    ("domain 0 < r < 1", "E110", "write domain Omega: r in [0, 1]", "0 < r < 1"),
    (
        "domain O: unit square [0, 1] x [0, 1]",
        "E110",
        "write domain O: (x, y) in [0, 1] * [0, 1]",
        "unit square [0, 1] x [0, 1]",
    ),
    ("domain interval [0, 1]", "E110", "write domain Omega: x in [0, 1]", "interval [0, 1]"),
    ("time t in [0, 5 min]", "E104", "write 5*60", "min"),
    # an equation without its keyword
    ("u = 0 on boundary", "E105", "did you mean bc: u = 0 on boundary?", "u"),
    ("u = 1 at t = 0", "E105", "did you mean ic: u = 1 at t = 0?", "u"),
    ("u = sin(x) for t = 0", "E105", "did you mean ic: u = sin(x) for t = 0?", "u"),
    ("u(0, t) = 0", "E105", "did you mean bc: u(0, t) = 0?", "u"),
    ("u(x, 0) = sin(x)", "E105", "did you mean ic: u(x, 0) = sin(x)?", "u"),
    ("unknown u\n-lap(u) = 1", "E105", "did you mean eq: -lap(u) = 1?", "-"),
    # the operator between factors
    ("eq: L[u] = 2 us", "E104", "write 2*us", "us"),
    ("eq: L[u] = 2us", "E104", "write 2*us", "us"),
    ("eq: u = 2(x + 1)", "E104", "write 2*(x + 1)", "("),
    ("eq: u = (a + b)(c + d)", "E104", "write (a + b)*(c + d)", "("),
    ("eq: u = (a + b) f(x)", "E104", "write (a + b)*f(x)", "f"),
    ("eq: u = f(x) g(y)", "E104", "write f(x)*g(y)", "g"),
    ("eq: u = 2π", "E104", "write 2*π", "π"),
    ("eq: u = kπ", "E104", "write k*π", "π"),
    ("eq: u = x² y", "E104", "write x²*y", "y"),
    ("eq: u = v[1] wake.vx", "E104", "write v[1]*wake.vx", "wake"),
    ("eq: u = wake.vx 2", "E104", "write wake.vx*2", "2"),
    ("eq: u = (a, b)(c)", "E104", "write (a, b)*(c)", "("),
    ("domain A: (x, y) in [0, 1] [0, 1]", "E104", "write [0, 1]*[0, 1]", "["),
    ("eq: u = sin x", "E104", "write sin(x)", "x"),
    ("eq: lap u = 0", "E104", "write lap(u)", "u"),
    # spellings of other languages
    ("eq: u**2 = 0", "E110", "write u^2", "**"),
    ("eq: u == 0", "E110", "write =", "=="),
    ("let k := 3", "E110", "write k = 3", ":="),
    ("eq: u' = 0", "E110", "write u_x, or d(u, x)", "'"),
    ("eq: u'' = 0", "E110", "write u_xx, or d(u, x, 2)", "''"),
    ("bc: u = 0 on b where !a", "E110", "write not a", "!"),
    ("bc: u = 0 on b where a && b", "E110", "write and", "&&"),
    ("bc: u = 0 on b where a || b", "E110", "write or", "||"),
    ("eq: u = 0;", "E110", "remove it; write one statement a line", ";"),
    ("eq: u^{2} = 0", "E110", "write ( and )", "{"),
    ("eq: ∂u/∂x = 0", "E110", "write d(u, x), or u_x", "∂u"),
    ("eq: ∇·v = 0", "E110", "write div(v)", "·"),
    ("eq: ∇×v = 0", "E110", "write curl(v)", "×"),
    ("eq: ∇²u = 0", "E110", "write lap(u)", "²"),
    ("eq: \\alpha = 0", "E110", "write alpha", "\\alpha"),
    ("eq: \\nabla u = 0", "E110", "write grad(u)", "\\nabla"),
    ("eq: $u = 0$", "E110", "remove it", "$"),
    ("let a = if x > 0 then 1 else 2", "E110", "write value if condition else otherwise", "x"),
    ("bc: u = 0 on b where 0 < x < 1", "E110", "write a < x and x < b", "<"),
    ("bc: u = 0 on b where x = 0", "E110", "write on x = 0 for a face", "="),
    ("let a = sum(x[i] for i = 1..5)", "E110", "write for i in 1..5", "="),
    ("let a = sum(x[i] for i in 1:5)", "E110", "write 1..5", ":"),
    ("let a = sum(x[i] for i in 1...5)", "E110", "write 1..5", "..."),
    ("let a = sum(x[i] for i in 1 to 5)", "E110", "write 1..5", "to"),
    ("domain D: x in (0, 1)", "E110", "write [0, 1]", "(0, 1)"),
    ("domain D: (x, y) in (0, 1)^2", "E110", "write [0, 1]", "(0, 1)"),
    ("param k in (0, 1)", "E110", "write [0, 1]", "(0, 1)"),
    ("param k: 1", "E110", "write k = 1", ":"),
    ("operator L(w) = w", "E110", "write operator L[w] = …", "("),
    ("let f[s] = s", "E110", "write f(s) = …, or operator f[s] = … for an operator", "["),
    ("domain D: x = [0, 1]", "E110", "write x in [0, 1]", "="),
    ("eq: u <= 0", "E110", "write = instead, or give a bound behind unknown", "0"),
    ("eq: u = x if x > 0", "E106", "add else and the other value", "0"),
    ("bc: u = 0 ON boundary", "E101", "write on", "ON"),
    ("eq: u = 0 for x in A", "E110", "write in Omega, on boundary or at t = 0 for a place", "for"),
    ("bc: u = 0 at boundary", "E110", "write on boundary", "boundary"),
    ("bc: u = 0 on x = 0 and x = 1", "E110", "write on x = 0, x = 1", "and"),
    ("eq: u = 1, on boundary", "E101", "remove it", ","),
    ("operator L[w] lap(w)", "E106", "write = lap(w)", "lap"),
    # numbers, strings, characters
    ("param k = 1.", "E107", "write 1.0", "1."),
    ("param k = .5", "E107", "write 0.5", ".5"),
    ("param k = 1e", "E107", "write 1e6, say", "1e"),
    ("param k = 1e+", "E107", "write 1e6, say", "1e"),
    ("param k = 1e400", "E702", None, "1e400"),
    ("param k = 1e-400", "E702", None, "1e-400"),
    ('problem "abc', "E108", 'write "abc"', '"abc'),
    ("problem Title of it", "E108", 'write problem "Title of it"', "Title"),
    ("problem 'abc'", "E108", 'write "…"', "'"),
    ("data w(x) from wake.csv", "E108", 'write from "wake.csv"', "wake"),
    ("reference u(x) from u.csv", "E108", 'write from "u.csv"', "u"),
    ("data w(x) from 2.csv", "E108", 'write from "2.csv"', "2."),
    ("reference u(x) from ../u's;1.csv", "E108", 'write from "../u\'s;1.csv"', ".."),
    ("problem What's new; in 2D", "E108", 'write problem "What\'s new; in 2D"', "What"),
    ("data w(x) from 'a.csv'", "E108", 'write "…"', "'"),
    ("param k = 5%", "E102", "write # to start a comment, or /100", "%"),
    ("eq: u （x) = 0", "E102", "write (", "（"),
    ("problem “a”", "E102", 'write "', "“"),
    ("let a = 1 – 2", "E102", "write -", "–"),
    ("let a = √2", "E102", "write sqrt(…)", "√"),
    ("let grün = 1", "E102", "names are of a-z, A-Z, Greek letters, digits and _", "ü"),
    ("let _a = 1", "E102", "write a letter before it", "_"),
    ("let\u00a0a = 1", "E102", "write a space", "\u00a0"),
    ("let a = \u200b1", "E102", "remove it; it is invisible", "\u200b"),
    ("let Ω\u2126 = 1", "E102", "write Omega", "\u2126"),
    # parts that are missing
    ("eq: lap(u)", "E106", "write lap(u) = 0", ")"),
    ("eq: lap(u) =", "E106", "write lap(u) = 0", "="),
    ("ic: u = at t = 0", "E106", "write u = 0", "="),
    ("eq lap(u) = 0", "E106", "write eq: lap(u) = 0", "eq"),
    ("eq u = 0", "E106", "write eq: u = 0", "eq"),
    ("eq -lap(u) = 1", "E106", "write eq: -lap(u) = 1", "eq"),
    ("eq mass div(v) = 0", "E106", "write eq mass: div(v) = 0", "mass"),
    ("bc left wall: u = 0", "E101", "write bc left_wall: …, or bc: …", "wall"),
    ("eq:", "E106", "write eq: u = 0, with your equation", ":"),
    ("domain D (x, y) in [0, 1]", "E106", "write domain D: (x, y) in [0, 1]", "D"),
    ("domain x in [0, 1]", "E106", "write domain Omega: x in [0, 1]", "in"),
    ("domain Omega = [0, 1]", "E106", "write domain Omega: x in …", "="),
    ("domain D: x, y in [0, 1]^2", "E106", "write (x, y) in …", ","),
    ("time [0, 1]", "E106", "write time t in [0, 1]", "["),
    ("time t [0, 1]", "E106", "write in [0, 1]", "["),
    ("param k", "E106", "write k = 1", "k"),
    ("param k 1", "E106", "write k = 1", "1"),
    ("param k = 1 h = 2", "E106", "write 1, h = …", "h"),
    ("unknown u v", "E106", "write a comma before v", "v"),
    ("unknown u(x,t) in", "E106", "write in R^2, or the name of a domain", "in"),
    ("unknown k guess", "E106", "write guess 1", "guess"),
    ("bc: u = 0 on", "E106", "write on boundary, or on x = 0", "on"),
    ("bc: u = 0 on b where", "E106", "write where x > 0", "where"),
    ("ic: u = 0 at t", "E106", "write at t = 0", "t"),
    ("ic: u = 0 at", "E106", "write at t = 0", "at"),
    ("bc: u periodic x", "E106", "write periodic in x", "x"),
    ("bc: periodic in x", "E106", "write bc: u periodic in x", "periodic"),
    ('data w from "a.csv"', "E106", "write data w(x, u) from …", "w"),
    ("region disk(radius = 1)", "E106", "write region D = disk(radius = 1)", "("),
    ("interface A intersect B", "E106", "write interface Gamma = A intersect B", "intersect"),
    # too much
    ("param k = 1,", "E101", "remove it", ","),
    ("let a = f(x, )", "E101", "remove it", ","),
    ("let a = [0, 1, ]", "E101", "remove it", ","),
    ("let a = ()", "E101", "write an expression between them", ")"),
    ("unknown u()", "E101", "write names between them, or leave them out", ")"),
    ('problem "a" b', "E101", 'write problem "title" and nothing else', "b"),
    ("eq: u = 0 bc: u = 1", "E101", "start a new line before bc", "bc"),
    ("eq: u = v = 0", "E101", "write u = 0, v = 0", "="),
    ("bc: u = 0 on b at t = 0", "E101", "write a law for each place", "at"),
    ("bc: u = 0 where x > 0", "E101", "write on boundary where x > 0", "where"),
    ("eq: u = +1", "E101", "remove it", "+"),
    ("let a = 1..5", "E101", "write [a, b] for an interval", ".."),
    ("unknown u = 0", "E101", None, "="),
    ("exact: u = 1", "E101", "remove the ':'", ":"),
    # names and keywords
    ("param time = 1", "E109", "choose another name, such as time_", "time"),
    ("let in = 2", "E109", "choose another name, such as in_", "in"),
    ("eq: u = region", "E109", "choose another name, such as region_", "region"),
    ("bc time: u = 0", "E109", "choose another name, such as time_", "time"),
    ("u = 0", "E105", "did you mean let u = 0, or bc: u = 0?", "u"),
    ("-lap(u) = 1", "E105", "did you mean eq: -lap(u) = 1?", "-"),
    ("uknown u(x)", "E105", "did you mean unknown?", "uknown"),
    ("Param k = 1", "E105", "did you mean param?", "Param"),
    ("equation: u = 0", "E105", "write eq: u = 0", "equation"),
    ("on boundary", "E105", "put it behind the statement", "on"),
    # brackets
    ("eq: u = (1 + 2", "E103", "close it with )", "("),
    ("eq: u = v[1", "E103", "close it with ]", "["),
    ("eq: u = 1) + 2", "E103", "remove )", ")"),
    ("time t in (0, 1]", "E103", "write [0, 1] for an interval", "]"),
    ("eq: u = (1]", "E103", "write ), or open with [", "]"),
    ("language two", "E112", "write language 1", "two"),
]


@pytest.mark.parametrize(("text", "code", "mend", "marked"), CASES, ids=lambda v: str(v)[:40])
def test_code_mend_and_place(only_error, text, code, mend, marked):
    error = only_error(text)
    assert error.code == code
    if mend is not None:
        assert error.mend == mend
    assert text[error.span.start : error.span.end] == marked


def test_rendering_of_the_design(reading_of):
    text = "# 1\n" * 8 + "eq: L[u] = 2 us\n"
    (error,) = reading_of(text).report
    assert render(error, Source("helmholtz.pde", text)) == (
        "helmholtz.pde:9:14: error[E104]: missing operator between factors\n"
        "   9 | eq: L[u] = 2 us\n"
        "     |              ^^ write 2*us"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("eq: u = 2 * / 3", "expected an expression after '*', found '/'"),
        ("eq: u = x^", "the statement stops after '^', where an expression should follow"),
        ("param 2 = k", "expected a name after 'param', found '2'"),
        ("let a.b = 3", "expected '=' or '(' after 'a', found '.'"),
        ("language 1 2", "expected the end of the statement after '1', found '2'"),
        ('eq: u = "a"', "text in quotes can stand only after 'problem' and 'from'"),
        ("eq: u = 1 .. 2", "a range a..b can stand only in a sum"),
        ("bc: u periodic in x y", None),
        ("interface = A", "expected a name after 'interface', found '='"),
        ("unknown u(x) guess 1 < 2 < 3", "comparisons cannot be chained"),
        (
            'data w(x) from "a" "b"',
            "expected a name or the end of the statement after '\"a\"', found '\"b\"'",
        ),
    ],
)
def test_general_terms(only_error, text, message):
    error = only_error(text)
    if message is not None:
        assert error.message == message
    assert "__ANON" not in error.message and "_IN" not in error.message


def test_mends_are_right(reading_of):
    """Where a mend shows a whole statement, that statement can be read."""
    tried = 0
    for message in messages():
        for example in message.examples:
            (error,) = reading_of(example).report
            mend = (error.mend or "").removeprefix("write ")
            if mend.split(" ")[0].rstrip(":") not in ("eq", "bc", "domain", "time", "region"):
                continue
            if "…" in mend or "your equation" in mend or " or " in mend:
                continue
            if message.name in ("law-without-colon", "domain-without-coordinates"):
                continue
            tried += 1
            assert len(reading_of(mend).spec.statements) == 1, (example, mend)
    assert tried > 10


def test_user_error_shows_all(reading_of):
    text = "eq: u = 2 us\nparam time = 1\n"
    error = UserError(reading_of(text).report, Source("a.pde", text))
    assert str(error).count("error[") == 2


def test_repeated_signs_are_told_once(reading_of):
    codes = [d.code for d in reading_of("eq: {u}^{2} = {0}\neq: {u} = 0").report]
    assert codes == ["E110", "E110"]
    assert [d.message for d in reading_of("eq: u** 2 == u'").report] == [
        "a power is written with ^",
        "an equation is written with one '='",
        "a derivative names its coordinate",
    ]
