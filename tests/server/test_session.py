"""The language server in a real session over standard input and output."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pdedsl.server.highlighting import TYPES
from tests.conftest import SPECS
from tests.server.client import Client

GOOD = """problem "Reaction"
param k = 2, nu = 1/4
domain Omega: (x, y) in [0, 1]^2
unknown u(x, y)
operator L[w] = nu*lap(w) - k*w_x
let f(s) = s^2
eq steady: L[u] + u_xx = f(x) + f(y)
bc wall: u = 0  on boundary
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with Client(tmp_path_factory.mktemp("session")) as own:
        yield own
    assert own.status == 0


def place(text: str, part: str, offset: int = 0) -> dict[str, int]:
    """The position of a part of the text, which stands there once."""
    assert text.count(part) == 1
    before = text[: text.index(part) + offset]
    return {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}


def span(text: str, part: str) -> dict[str, dict[str, int]]:
    return {"start": place(text, part), "end": place(text, part, len(part))}


def applied(text: str, edits: list[dict]) -> str:
    """The text after edits of one line each."""
    starts = [0, *(i + 1 for i, c in enumerate(text) if c == "\n")]
    ends = [*starts[1:], len(text) + 1]

    def offset(position: dict[str, int]) -> int:
        line = position["line"]
        return len(text) if line >= len(starts) else min(
            starts[line] + position["character"], ends[line]
        )  # fmt: skip

    for edit in sorted(edits, key=lambda e: offset(e["range"]["start"]), reverse=True):
        start, end = offset(edit["range"]["start"]), offset(edit["range"]["end"])
        text = text[:start] + edit["newText"] + text[end:]
    return text


def open_it(client: Client, text: str, name: str) -> dict[str, str]:
    return {"uri": client.open(text, name)}


def test_what_the_server_can_do(client: Client) -> None:
    wanted = (
        "hover completion definition references rename documentFormatting documentSymbol "
        "codeAction semanticTokens"
    ).split()
    assert [name for name in wanted if not client.abilities.get(f"{name}Provider")] == []


def test_errors_come_at_once_and_lints_after_them(client: Client) -> None:
    text = GOOD.replace("f(x) + f(y)", "2 u").replace("lap(w)", "lpa(w)")
    uri = client.open(text, "errors.pde")
    found = client.diagnostics(uri, 1)
    assert {(d["code"], d["severity"]) for d in found} == {("E104", 1), ("E201", 1)}
    missing = next(d for d in found if d["code"] == "E104")
    assert missing["range"] == {"start": place(text, "2 u", 2), "end": place(text, "2 u", 3)}
    assert "write 2*u" in missing["message"]
    client.change(uri, GOOD, 2)
    assert client.diagnostics(uri, 2) == []
    sides = GOOD.replace("on boundary", "on x = 0, x = 1, y = 0")
    client.change(uri, sides, 3)
    assert client.diagnostics(uri, 3) == []
    (lint,) = client.diagnostics(uri, 3, "L101")
    assert lint["severity"] == 2
    assert lint["range"] == span(sides, "Omega")


def test_mends_are_quick_fixes(client: Client) -> None:
    text = GOOD.replace("f(x) + f(y)", "2 u")
    document = open_it(client, text, "fixes.pde")
    (found,) = client.diagnostics(document["uri"], 1)
    actions = client.ask(
        "textDocument/codeAction", textDocument=document, range=found["range"],
        context={"diagnostics": [found]},
    )  # fmt: skip
    assert [a["title"] for a in actions] == ["write 2*u"]
    (edits,) = actions[0]["edit"]["changes"].values()
    assert applied(text, edits) == text.replace("2 u", "2*u")


def test_a_missing_condition_is_added(client: Client) -> None:
    text = GOOD.replace("on boundary", "on x = 0, x = 1, y = 0")
    document = open_it(client, text, "added.pde")
    (found,) = client.diagnostics(document["uri"], 1, "L101")
    (action,) = client.ask(
        "textDocument/codeAction", textDocument=document, range=found["range"],
        context={"diagnostics": [found]},
    )  # fmt: skip
    (edits,) = action["edit"]["changes"].values()
    assert applied(text, edits) == f"{text.rstrip()}\nbc: u = 0 on y = 1\n"


def test_hover_tells_values_operators_and_words(client: Client) -> None:
    document = open_it(client, GOOD, "hover.pde")

    def shown(part: str, offset: int = 0) -> str:
        answer = client.ask(
            "textDocument/hover", textDocument=document, position=place(GOOD, part, offset)
        )
        return answer["contents"]["value"]

    assert "nu = 0.25" in shown("nu*")
    operator = shown("L[u]")
    assert "operator L[w] = nu*lap(w) - k*w_x" in operator
    assert "linear, order 2, elliptic" in operator
    assert "Laplacian" in shown("lap")
    assert "order 2" in shown("lap")
    law = shown("eq steady")
    assert "linear, order 2, elliptic" in law
    assert "L u = (nu + 1)*u_xx + nu*u_yy - k*u_x" in law
    assert "unknown u(x, y)" in shown("u_xx")
    assert "argument" in shown("w_x")


def test_completion_knows_statements_names_and_columns(client: Client) -> None:
    text = GOOD + '\nle\ndata probe(x, y, value) from "probe.csv"\neq: u = 2*\neq: u = probe.\n'
    document = open_it(client, text, "completion.pde")

    def offered(part: str) -> set[str]:
        position = place(text, part, len(part))
        answer = client.ask("textDocument/completion", textDocument=document, position=position)
        return {item["label"] for item in answer["items"]}

    statements = offered("\n\nle")
    assert {"let", "eq", "unknown"} <= statements
    assert "lap" not in statements
    names = offered("eq: u = 2*")
    assert {"u", "k", "L", "f", "lap", "sin", "boundary", "on"} <= names
    assert "w" not in names
    assert "w" in offered("operator L[w] = ")
    assert offered("eq: u = probe.") == {"value"}


def test_definition_and_references(client: Client) -> None:
    document = open_it(client, GOOD, "places.pde")
    there = client.ask(
        "textDocument/definition", textDocument=document, position=place(GOOD, "L[u]", 2)
    )
    assert there["range"]["start"] == place(GOOD, "u(x, y)")
    uses = client.ask(
        "textDocument/references", textDocument=document, position=place(GOOD, "u(x, y)"),
        context={"includeDeclaration": False},
    )  # fmt: skip
    starts = [use["range"]["start"] for use in uses]
    assert starts == [place(GOOD, "L[u]", 2), place(GOOD, "u_xx"), place(GOOD, "u = 0")]


@pytest.mark.parametrize(
    ("part", "new", "old_text", "new_text"),
    [
        ("u(x, y)", "temp", ["u(x, y)", "L[u]", "u_xx", "u = 0"],
         ["temp(x, y)", "L[temp]", "temp_xx", "temp = 0"]),
        ("w_x", "v", ["L[w]", "lap(w)", "w_x"], ["L[v]", "lap(v)", "v_x"]),
        ("x, y) in", "r", ["(x, y) in", "u(x, y)", "w_x", "u_xx", "f(x)"],
         ["(r, y) in", "u(r, y)", "w_r", "u_rr", "f(r)"]),
        ("s) =", "z", ["f(s) = s^2"], ["f(z) = z^2"]),
        ("steady", "balance", ["eq steady"], ["eq balance"]),
    ],
)  # fmt: skip
def test_rename(client: Client, part, new, old_text, new_text) -> None:
    document = open_it(client, GOOD, f"rename_{new}.pde")
    change = client.ask(
        "textDocument/rename", textDocument=document, position=place(GOOD, part), newName=new
    )
    (edits,) = change["changes"].values()
    expected = GOOD
    for old, text in zip(old_text, new_text, strict=True):
        expected = expected.replace(old, text)
    assert applied(GOOD, edits) == expected


@pytest.mark.parametrize(
    ("part", "new", "why"),
    [
        ("x, y) in", "radius", "derivatives"),
        ("k = 2", "u", "already"),
        ("k = 2", "time", "is not a name"),
        ("k = 2", "2k", "is not a name"),
        ("k = 2", "lap", "built in"),
        ("f(s)", "u_x", "no longer be right"),
    ],
)
def test_names_that_are_refused(client: Client, part: str, new: str, why: str) -> None:
    document = open_it(client, GOOD, "refused.pde")
    with pytest.raises(RuntimeError, match=why):
        client.ask(
            "textDocument/rename", textDocument=document, position=place(GOOD, part), newName=new
        )


def test_format(client: Client) -> None:
    text = GOOD.replace("param k = 2, nu = 1/4", "param   k=2,nu = 1/4")
    document = open_it(client, text, "format.pde")
    options = {"tabSize": 4, "insertSpaces": True}
    edits = client.ask("textDocument/formatting", textDocument=document, options=options)
    assert applied(text, edits) == GOOD


def test_outline(client: Client) -> None:
    document = open_it(client, GOOD, "outline.pde")
    symbols = client.ask("textDocument/documentSymbol", textDocument=document)
    names = ["Reaction", "k", "nu", "Omega", "u", "L", "f", "eq steady", "bc wall"]
    assert [symbol["name"] for symbol in symbols] == names


def test_semantic_tokens(client: Client) -> None:
    document = open_it(client, GOOD, "tokens.pde")
    data = client.ask("textDocument/semanticTokens/full", textDocument=document)["data"]
    lines = GOOD.splitlines()
    line = column = 0
    seen = set()
    for step, right, length, kind, _ in zip(*[iter(data)] * 5, strict=True):
        line, column = line + step, (column if step == 0 else 0) + right
        seen.add((lines[line][column : column + length], TYPES[kind]))
    wanted = {
        ("problem", "keyword"), ('"Reaction"', "string"), ("k", "variable"), ("2", "number"),
        ("u", "property"), ("L", "function"), ("w", "parameter"), ("lap", "function"),
        ("eq", "keyword"), ("steady", "label"), ("boundary", "type"), ("Omega", "namespace"),
    }  # fmt: skip
    assert wanted <= seen


def test_signs_beyond_the_alphabet_have_their_places(client: Client) -> None:
    text = GOOD.replace('"Reaction"', '"𝛥 reaction"').replace("nu", "ν")
    document = open_it(client, text, "signs.pde")
    assert client.diagnostics(document["uri"], 1) == []
    there = client.ask("textDocument/definition", textDocument=document, position=place(text, "ν*"))
    assert there["range"]["start"] == place(text, "ν = 1/4")


def test_a_text_on_the_way(client: Client) -> None:
    """Every beginning of a text is answered, whatever it breaks off in."""
    uri = client.open("", "way.pde")
    for version, end in enumerate(range(0, len(GOOD), 7), 2):
        client.change(uri, GOOD[:end], version)
        client.diagnostics(uri, version)
    position = {"line": 4, "character": 17}
    assert client.ask("textDocument/hover", textDocument={"uri": uri}, position=position)


@pytest.mark.parametrize("path", SPECS[::6], ids=lambda p: p.stem)
def test_specs_are_quiet(client: Client, path) -> None:
    uri = path.as_uri()
    item = {"uri": uri, "languageId": "pde", "version": 1, "text": path.read_text("utf-8")}
    client.tell("textDocument/didOpen", textDocument=item)
    assert client.diagnostics(uri, 1) == []
    assert client.diagnostics(uri, 1) == []  # with the lints
