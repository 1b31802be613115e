"""Every key of a method, misspelt, is pointed at, with the key that was meant."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest

from pdedsl.diagnostics import UserError
from pdedsl.options.faults import sections_in
from pdedsl.options.section import OneOf, Section, by_kind
from pdedsl.settings.load import load_method, override
from pdedsl.settings.method import Method

Place = tuple[str | int, ...]


def sections(
    section: type[Section], path: Place, data: dict[str, Any]
) -> Iterator[tuple[Place, type[Section], dict[str, Any]]]:
    """Every section that a method may have, with its place and the kinds that lead to it."""
    yield path, section, data
    for name, field in section.model_fields.items():
        found = sections_in(field)
        if found is None:
            continue
        chosen = by_kind(found.classes) if isinstance(found, OneOf) else {None: found}
        listed = "tuple" in str(field.annotation)
        for kind, inner in chosen.items():
            own = {} if kind is None else {"kind": kind}
            more = put(data, path, {name: [own] if listed else own})
            yield from sections(inner, (*path, name, 0) if listed else (*path, name), more)


def put(data: dict[str, Any], path: Place, more: dict[str, Any]) -> Any:
    """Plain data with some more keys at a place."""
    if not path:
        return data | more
    first, rest = path[0], path[1:]
    if isinstance(first, int):
        return [put(data[first], rest, more)]  # type: ignore[index]
    return data | {first: put(data[first], rest, more)}


def slips(key: str, known: set[str]) -> list[str]:
    """The key with a letter missing, and with two neighbours exchanged."""
    missing = [key[:i] + key[i + 1 :] for i in range(len(key))]
    exchanged = [key[:i] + key[i + 1] + key[i] + key[i + 2 :] for i in range(len(key) - 1)]
    return sorted({slip for slip in missing + exchanged if len(slip) > 1 and slip not in known})


def toml(data: Any) -> str:
    """Plain data as an inline value."""
    if isinstance(data, dict):
        return "{" + ", ".join(f"{key} = {toml(value)}" for key, value in data.items()) + "}"
    if isinstance(data, list):
        return "[" + ", ".join(map(toml, data)) + "]"
    return f"'{data}'" if isinstance(data, str) else str(data)


def likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


EVERY = [case for case in sections(Method, (), {}) if case[0]]


def check(caught: UserError, section: type[Section]) -> None:
    known = set(section.model_fields)
    told = {caught.source.slice(d.span).split(".")[-1]: d for d in caught.diagnostics if d.span}
    for key in known:
        for slip in slips(key, known):
            found = told[slip]
            assert found.code == "E802"
            assert found.message.startswith(f"there is no key {slip} in ["), found.message
            assert found.mend is not None, slip
            meant = found.mend.removeprefix("did you mean ").removesuffix("?")
            assert meant in known
            assert likeness(meant, slip) >= likeness(key, slip)


@pytest.mark.parametrize(("path", "section", "data"), EVERY, ids=str)
def test_in_a_file(
    path: Place, section: type[Section], data: dict[str, Any], tmp_path: Path
) -> None:
    known = set(section.model_fields)
    wrong = {slip: 1 for key in known for slip in slips(key, known)}
    file = tmp_path / "m.toml"
    whole = put(data, path, wrong)
    file.write_text("".join(f"{name} = {toml(value)}\n" for name, value in whole.items()))
    with pytest.raises(UserError) as caught:
        load_method(str(file))
    check(caught.value, section)


@pytest.mark.parametrize(("path", "section", "data"), EVERY, ids=str)
def test_in_an_override(path: Place, section: type[Section], data: dict[str, Any]) -> None:
    known = set(section.model_fields)
    where = ".".join(map(str, path))
    wrong = {f"{where}.{slip}": 1 for key in known for slip in slips(key, known)}
    with pytest.raises(UserError) as caught:
        override(data, wrong)
    check(caught.value, section)


@pytest.mark.parametrize("section", ["optimizer", "schedule.stages"])
def test_the_kind_itself(section: str, tmp_path: Path) -> None:
    file = tmp_path / "m.toml"
    header = f"[[{section}]]" if "." in section else f"[{section}]"
    file.write_text(f"{header}\nknid = 'adam'\n")
    with pytest.raises(UserError) as caught:
        load_method(str(file))
    (found,) = caught.value.diagnostics
    assert (caught.value.source.slice(found.span), found.mend) == ("knid", "did you mean kind?")


def test_a_section(tmp_path: Path) -> None:
    file = tmp_path / "m.toml"
    known = set(Method.model_fields)
    wrong = {slip: key for key in known for slip in slips(key, known)}
    file.write_text("".join(f"[{slip}]\n" for slip in wrong))
    with pytest.raises(UserError) as caught:
        load_method(str(file))
    told = {caught.value.source.slice(d.span): d.mend for d in caught.value.diagnostics}
    assert told == {f"[{slip}]": f"did you mean {key}?" for slip, key in wrong.items()}
