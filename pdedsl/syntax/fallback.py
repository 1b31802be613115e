"""General terms for the mistakes that `messages.toml` does not list."""

from __future__ import annotations

from lark import Token

from pdedsl.diagnostics import Diagnostic, nearest

from .papers.inequalities import meant_set
from .papers.source_text import text_of
from .parse import END, Failure
from .phrases import Phrases, join_tokens
from .tokens import CLOSING, OTHER_KEYWORDS, STATEMENT_STARTS, span_of

_KEYWORDS = (
    "language problem param let operator region domain time unknown interface data exact "
    "reference output include eq bc ic fit"
)

# Words of papers and of other tools, beside those that are merely misspelt.
_MEANT = {
    "pde": "eq",
    "ode": "eq",
    "equation": "eq",
    "boundary": "bc",
    "initial": "ic",
    "constant": "param",
    "const": "param",
    "var": "unknown",
    "variable": "unknown",
    "field": "unknown",
    "function": "let",
    "def": "let",
    "define": "let",
    "set": "let",
    "where": "let",
    "parameter": "param",
    "parameters": "param",
    "params": "param",
    "constants": "param",
    "unknowns": "unknown",
    "variables": "unknown",
    "dirichlet": "bc",
    "neumann": "bc",
    "robin": "bc",
    "equations": "eq",
    "conditions": "bc",
    "outputs": "output",
    "title": "problem",
    "name": "problem",
    "geometry": "region",
    "solution": "exact",
    "measured": "data",
    "quantity": "output",
    "functional": "output",
    "observe": "output",
    "print": "output",
    "version": "language",
}

_METHOD = frozenset(
    "solve solver method plot mesh grid points epochs iterations optimizer network budget steps "
    "tolerance model layers learning_rate train".split()
)
"""Words for what belongs to a method."""

_OPERATORS = frozenset(["PLUS", "STAR", "SLASH", "CIRCUMFLEX", "SUPERSCRIPT"])
_HUMAN = {
    "EQUAL": "'='",
    "COMMA": "a comma",
    "COLON": "':'",
    "RPAR": "')'",
    "RSQB": "']'",
    "FROM": "'from'",
    "GUESS": "'guess'",
    "PERIODIC": "'periodic'",
    "STRING": "text in double quotes",
    "OWN_UNIT": "a unit in double quotes",
    "WHERE": "'where'",
    "SIGMA": "'sigma'",
    "FOR": "'for'",
    "__ANON_0": "'..'",
}


def fall_back(failure: Failure) -> Diagnostic:
    """Describe a failure by what came and what could have come."""
    if failure.index == 0:
        return _no_keyword(failure)
    return (
        _inequality(failure)
        or _trailing_comma(failure)
        or _incomplete(failure)
        or _leading_plus(failure)
        or _choice(failure)
        or _keyword(failure)
        or _text(failure)
        or _next_line(failure)
        or _unexpected(failure)
    )


def _no_keyword(failure: Failure) -> Diagnostic:
    """A statement that does not start with a keyword."""
    tokens = failure.tokens
    first = tokens[0]
    span = span_of(first)
    if first.type in OTHER_KEYWORDS:
        message = f"'{first}' belongs to a statement and cannot start one"
        return Diagnostic("E105", message, span, "put it behind the statement")
    if str(first).lower() in _METHOD and not _gives_value(tokens):
        message = "a file holds the problem alone, and not how it is solved"
        return Diagnostic("E105", message, span, "remove it; pdedsl solve --help lists options")
    meant = _meant(tokens)
    if meant is not None:
        message = f"no statement starts with '{first}'"
        return Diagnostic("E105", message, span, _rewritten(meant, tokens))
    message = "a statement starts with a keyword, such as let, eq or bc"
    return Diagnostic("E105", message, span, _guess(tokens))


def _meant(tokens: tuple[Token, ...]) -> str | None:
    word = str(tokens[0])
    if tokens[0].type != "NAME" or len(word) == 1 or _gives_value(tokens):
        return None
    return _MEANT.get(word.lower()) or nearest(word.lower(), _KEYWORDS.split())


def _rewritten(keyword: str, tokens: tuple[Token, ...]) -> str:
    """The statement with another keyword, for words that stand for it and no slip of the pen."""
    word = str(tokens[0]).lower()
    if word not in _MEANT or _MEANT[word] != keyword or len(tokens) < 2:
        return f"did you mean {keyword}?"
    rest = tokens[1:]
    if keyword in ("eq", "bc", "ic", "fit"):
        if rest[0].type != "COLON" or len(rest) < 2:
            return f"did you mean {keyword}?"
        if word == "neumann" and [t.type for t in rest[1:3]] == ["NAME", "EQUAL"]:
            return f"write bc: dn({rest[1]}) {join_tokens(rest[2:])}"
        return f"write {keyword}: {join_tokens(rest[1:])}"
    return f"write {keyword} {join_tokens(rest[1:] if rest[0].type == 'COLON' else rest)}"


def _gives_value(tokens: tuple[Token, ...]) -> bool:
    """Whether the statement reads ``name = …``."""
    return len(tokens) > 1 and tokens[0].type == "NAME" and tokens[1].type == "EQUAL"


def _guess(tokens: tuple[Token, ...]) -> str | None:
    """What a line with an equation was perhaps meant to be."""
    text = text_of(tokens)
    kinds = [token.type for token in tokens]
    if "EQUAL" not in kinds:
        return None
    if "FOR" in kinds and tokens[-2].type == "EQUAL":
        return f"did you mean {'ic' if str(tokens[-3]) == 't' else 'bc'}: {text}?"
    if "ON" in kinds or "AT" in kinds:
        return f"did you mean {'bc' if 'ON' in kinds else 'ic'}: {text}?"
    if kinds[:2] == ["NAME", "LPAR"] and "NUMBER" in kinds[: kinds.index("RPAR")]:
        # u(x, 0) is a value at the start, and u(0, t) one at a face.
        law = "bc" if kinds[kinds.index("RPAR") - 1] == "NAME" else "ic"
        return f"did you mean {law}: {text}?"
    if _gives_value(tokens) and "_" not in tokens[0]:
        return f"did you mean let {text}, or bc: {text}?"
    return f"did you mean eq: {text}?"


def _inequality(failure: Failure) -> Diagnostic | None:
    """A domain that is given by inequalities."""
    tokens = failure.tokens
    kinds = [token.type for token in tokens]
    if kinds[0] == "TIME" and "CMP" in kinds and (time := meant_set(join_tokens(tokens[1:]))):
        span = span_of(tokens[1]).to(span_of(tokens[-1]))
        message = "the time is given by its interval"
        return Diagnostic("E110", message, span, f"write time {time[0][0]} in {time[1]}")
    if kinds[0] != "DOMAIN" or "COLON" not in kinds or "CMP" not in kinds:
        return None
    start = (kinds.index("_IN") if "_IN" in kinds else kinds.index("COLON")) + 1
    meant = meant_set(join_tokens(tokens[start:]))
    mend = "name a shape: (x, y) in disk(center = (0, 0), radius = 1), say"
    if meant is not None:
        names = f"({', '.join(meant[0])})" if len(meant[0]) > 1 else meant[0][0]
        mend = f"write domain {tokens[1]}: {names} in {meant[1]}"
    message = "a set is given by its shape, not by inequalities"
    return Diagnostic("E110", message, span_of(tokens[start]).to(span_of(tokens[-1])), mend)


def _incomplete(failure: Failure) -> Diagnostic | None:
    if failure.kind != END:
        return None
    last = failure.tokens[-1]
    message = f"the statement stops after '{last}', where {_expected(failure)} should follow"
    return Diagnostic("E106", message, span_of(last))


def _trailing_comma(failure: Failure) -> Diagnostic | None:
    before = failure.tokens[failure.index - 1]
    if before.type != "COMMA" or failure.kind not in {END, *CLOSING, *OTHER_KEYWORDS} - {"NOT"}:
        return None
    return Diagnostic("E101", "nothing follows this comma", span_of(before), "remove it")


def _leading_plus(failure: Failure) -> Diagnostic | None:
    if failure.kind != "PLUS" or "NUMBER" not in failure.accepted:
        return None
    token = failure.tokens[failure.index]
    return Diagnostic("E101", "'+' needs a term on its left", span_of(token), "remove it")


def _choice(failure: Failure) -> Diagnostic | None:
    """``where(x > 0, a, b)``, as numpy writes a choice."""
    if failure.kind != "WHERE" or "NUMBER" not in failure.accepted:
        return None
    phrases = Phrases(failure.tokens, failure.index)
    if phrases.word(failure.index + 1) != "(":
        return None
    arguments = phrases.argument(failure.index + 1)
    message = "a choice is written as a function of a condition and two values"
    span = span_of(failure.tokens[failure.index])
    return Diagnostic("E110", message, span, f"write if({arguments})")


def _keyword(failure: Failure) -> Diagnostic | None:
    """A keyword as a name, or the next statement on the same line."""
    token = failure.tokens[failure.index]
    if token.type not in STATEMENT_STARTS | OTHER_KEYWORDS or not str(token).isalpha():
        return None
    span = span_of(token)
    wants_name = "NAME" in failure.accepted
    if wants_name and ("NUMBER" not in failure.accepted or token.type in STATEMENT_STARTS):
        message = f"'{token}' is a keyword of the language and cannot be a name"
        return Diagnostic("E109", message, span, f"choose another name, such as {token}_")
    if token.type in STATEMENT_STARTS and END in failure.accepted:
        message = f"'{token}' starts a statement, and each statement has a line of its own"
        return Diagnostic("E101", message, span, f"start a new line before {token}")
    return None


def _text(failure: Failure) -> Diagnostic | None:
    if failure.kind != "STRING" or "NUMBER" not in failure.accepted:
        return None
    message = "text in quotes can stand only after 'problem' and 'from'"
    return Diagnostic("E101", message, span_of(failure.tokens[failure.index]))


def _next_line(failure: Failure) -> Diagnostic | None:
    """An equation without a keyword that starts with a sign, as a statement that goes on does."""
    tokens, index = failure.tokens, failure.index
    own = tokens[index]
    if END not in failure.accepted or own.line == tokens[index - 1].end_line:
        return None
    message = "a statement starts with a keyword, such as let, eq or bc"
    return Diagnostic("E105", message, span_of(own), _guess(tokens[index:]))


def _unexpected(failure: Failure) -> Diagnostic:
    phrases = Phrases(failure.tokens, failure.index)
    before, text = phrases.word(failure.index - 1), phrases.word(failure.index)
    message = f"expected {_expected(failure)} after '{before}', found '{text}'"
    return Diagnostic("E101", message, span_of(failure.tokens[failure.index]))


def _expected(failure: Failure) -> str:
    """What could have come, in words."""
    accepted = failure.accepted
    names = []
    if "NUMBER" in accepted:
        names.append("an expression")
    elif "NAME" in accepted:
        names.append("a name")
    names += [text for kind, text in _HUMAN.items() if kind in accepted]
    if "LPAR" in accepted and "NUMBER" not in accepted:
        names.append("'('")
    if "LSQB" in accepted and accepted.isdisjoint({"NUMBER", *_OPERATORS}):
        names.append("'['")
    if not accepted.isdisjoint(_OPERATORS):
        names.append("an operator")
    if {"ON", "AT"} <= accepted:
        names.append("a place")
    elif "_IN" in accepted:
        names.append("'in'")
    if END in accepted:
        names.append("the end of the statement")
    return _either(names) if names else "nothing"


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
