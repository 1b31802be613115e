"""A method from a preset's name or a file, with overrides."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from copy import deepcopy
from importlib.resources import files
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from pdedsl.diagnostics import Diagnostic, Note, Source, Span, UserError, did_you_mean
from pdedsl.options.faults import Fault, faults

from .method import Method
from .toml import read
from .toml_places import Entry, Path

_LONGEST = 1_000_000


def presets() -> tuple[str, ...]:
    """Names of the presets, sorted."""
    folder = files("pdedsl.settings") / "presets"
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def load_method(name_or_path: str, sets: Mapping[str, Any] | None = None) -> tuple[Method, Source]:
    """The method of that name, or of the file at that path.

    Args:
        name_or_path: a preset's name, or the path of a TOML file.
        sets: overrides such as ``{"model.width": 64}``. Text is read as a TOML value where it
            is one. A new ``kind`` empties its section, since the other keys belong to the old.

    Returns:
        The method and the text that it was read from.

    Raises:
        UserError: no such preset or file, or not TOML (E801); an unknown key or value (E802).
    """
    source = find(name_or_path)
    data, places = read(source)
    method = _validate(data, places, source)
    return (override(data, sets) if sets else method), source


def find(name_or_path: str) -> Source:
    """The text of a preset or method file.

    Raises:
        UserError: it does not exist or cannot be read as text (E801).
    """
    if name_or_path in presets():
        text = (files("pdedsl.settings") / "presets" / f"{name_or_path}.toml").read_text("utf-8")
        return Source(f"{name_or_path}.toml", text)
    path = FilePath(name_or_path)
    if path.suffix != ".toml" and not path.is_file():
        raise _no_preset(name_or_path)
    try:
        if path.stat().st_size > _LONGEST:
            raise _unreadable(name_or_path, "it is larger than 1 MB")
        # newline="" would keep \r\n as it is; TOML allows it and so do the offsets.
        return Source(name_or_path, path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _unreadable(name_or_path, f"byte {error.start} is not UTF-8 text") from None
    except OSError as error:
        reason = (error.strerror or "it cannot be opened").lower()
        raise _unreadable(name_or_path, reason) from None


def override(data: Mapping[str, Any], sets: Mapping[str, Any]) -> Method:
    """Plain data of a method with overrides put in; see `load_method`.

    Raises:
        UserError: an override names an unknown key or has a wrong value (E802).
    """
    merged = deepcopy(dict(data))
    lines: list[str] = []
    places: dict[Path, Entry] = {}
    offset = 0
    for key, value in sorted(sets.items(), key=lambda item: not item[0].endswith("kind")):
        path = _path(key)
        shown = value if isinstance(value, str) else _toml(value)
        lines.append(f"{key} = {shown}")
        entry = Entry(
            Span(offset, offset + len(key)), Span(offset + len(key) + 3, offset + len(lines[-1]))
        )
        for length in range(1, len(path) + 1):
            places.setdefault(path[:length], entry)
        places[path] = entry
        offset += len(lines[-1]) + 1
        _put(merged, path, _value(value))
    return _validate(merged, places, Source("overrides", "\n".join(lines)))


def _validate(data: Mapping[str, Any], places: Mapping[Path, Entry], source: Source) -> Method:
    try:
        return Method.model_validate(data)
    except ValidationError as error:
        found = [_diagnostic(fault, places) for fault in faults(error, Method)]
        raise UserError(sorted(found, key=lambda d: d.span or Span(0, 0)), source) from None


def _diagnostic(fault: Fault, places: Mapping[Path, Entry]) -> Diagnostic:
    """A fault that points to its place, or to the innermost part of the path that the text has."""
    path = fault.path
    while path and path not in places:
        path = path[:-1]
    entry = places.get(path)
    span = None if entry is None else entry.key if fault.part == "key" else entry.value
    notes = (Note(fault.note),) if fault.note else ()
    return Diagnostic("E802", fault.message, span, fault.mend, notes)


def _path(key: str) -> Path:
    """The path of a dotted key; weights and points are named by labels that may have dots."""
    section, _, rest = key.partition(".")
    if section == "weights" and rest:
        return (section, rest)
    if section == "sampling" and rest.startswith("points."):
        return (section, "points", rest.removeprefix("points."))
    parts: list[str | int] = [int(part) if part.isdigit() else part for part in key.split(".")]
    return tuple(parts)


def _put(data: dict[str, Any], path: Path, value: Any) -> None:
    node: Any = data
    for part in path[:-1]:
        if isinstance(node, list) and isinstance(part, int) and part < len(node):
            node = node[part]
        elif isinstance(node, dict):
            if not isinstance(node.get(part), dict | list):
                node[part] = {}
            node = node[part]
    if isinstance(node, dict):
        if path[-1] == "kind" and node.get("kind") != value and path[0] != "sampling":
            node.clear()
        node[path[-1]] = value
    elif isinstance(node, list) and isinstance(path[-1], int) and path[-1] < len(node):
        node[path[-1]] = value


def _value(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value


def _toml(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _no_preset(name: str) -> UserError:
    names = ("auto", *presets())
    note = Note("the presets are " + ", ".join(names) + "; a method file ends in .toml")
    message = f"there is no method named {name}, and no file of that name"
    found = Diagnostic("E801", message, None, did_you_mean(name, names), (note,))
    return UserError([found], Source(name, ""))


def _unreadable(path: str, reason: str) -> UserError:
    message = f"the method file {path} cannot be read: {reason}"
    return UserError([Diagnostic("E801", message)], Source(path, ""))
