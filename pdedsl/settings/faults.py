"""Pydantic's findings as diagnostics that point into the method file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from pdedsl.diagnostics import Diagnostic, Note, Span, did_you_mean
from pdedsl.optimizers.registry import OPTIMIZERS

from .method import Adaptive, Derivatives, Fresh, Method, Precision, Sampling, Schedule, Starts
from .models import MODELS
from .toml_places import Entry, Path

_KINDS = {name: kind.options for name, kind in OPTIMIZERS.items()}
_SECTIONS: dict[Path, type[BaseModel]] = {
    (): Method,
    ("sampling",): Sampling,
    ("sampling", "adaptive"): Adaptive,
    ("derivatives",): Derivatives,
    ("schedule",): Schedule,
    ("schedule", "starts"): Starts,
    ("schedule", "fresh"): Fresh,
    ("precision",): Precision,
}
_WANTED = {
    "int_type": "a whole number",
    "float_type": "a number",
    "string_type": "text in quotes",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list in brackets",
    "list_type": "a list in brackets",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "finite_number": "a finite number",
    "greater_than": "a number above {gt:g}",
    "greater_than_equal": "a number of at least {ge:g}",
    "less_than": "a number below {lt:g}",
    "less_than_equal": "a number of at most {le:g}",
    "too_long": "at most {max_length} values",
}


def diagnostics(
    error: ValidationError, data: Mapping[str, Any], places: Mapping[Path, Entry]
) -> list[Diagnostic]:
    """One diagnostic for each finding, in the order of the file."""
    found = [_diagnostic(detail, data, places) for detail in error.errors(include_url=False)]
    return sorted(found, key=lambda d: d.span or Span(0, 0))


def _diagnostic(
    detail: ErrorDetails, data: Mapping[str, Any], places: Mapping[Path, Entry]
) -> Diagnostic:
    path = _without_tags(detail["loc"], data)
    kind = detail["type"]
    if kind == "extra_forbidden":
        return _unknown_key(path, data, places)
    if kind in ("literal_error", "union_tag_invalid"):
        return _not_a_choice(detail, path, places)
    if kind in ("missing", "union_tag_not_found"):
        return _missing(detail, path, places)
    if kind == "at_place":
        where = _nearest_entry(detail["ctx"]["place"], places)
        return Diagnostic("E802", detail["msg"], where.key if where else None)
    if kind == "value_error":
        message = detail["msg"].removeprefix("Value error, ")
        where = places.get(("optimizer",)) or _nearest_entry(path, places)
        return Diagnostic("E802", message, where.key if where else None)
    return _wrong_value(detail, path, places)


def _without_tags(loc: tuple[str | int, ...], data: Any) -> Path:
    """The place in the file: pydantic puts the kind of a union into its own."""
    path: list[str | int] = []
    node = data
    for number, part in enumerate(loc):
        last = number == len(loc) - 1
        if isinstance(node, Mapping | list) and _holds(node, part):
            node = node[part]  # type: ignore[index]
        elif not last:
            continue
        path.append(part)
    return tuple(path)


def _holds(node: Mapping[str | int, Any] | list[Any], part: str | int) -> bool:
    if isinstance(node, list):
        return isinstance(part, int) and part < len(node)
    return part in node


def _unknown_key(path: Path, data: Mapping[str, Any], places: Mapping[Path, Entry]) -> Diagnostic:
    *parent, name = path
    known = _keys(tuple(parent), data)
    if not parent:
        message = f"there is no section [{name}] in a method"
        note = "the sections are " + ", ".join(f"[{key}]" for key in known)
    else:
        message = f"there is no key {name} in {_section(tuple(parent))}"
        note = "its keys are " + ", ".join(known)
    entry = _nearest_entry(path, places)
    span = entry.key if entry else None
    return Diagnostic("E802", message, span, did_you_mean(str(name), known), (Note(note),))


def _keys(parent: Path, data: Mapping[str, Any]) -> list[str]:
    if parent in _SECTIONS:
        return list(_SECTIONS[parent].model_fields)
    node: Any = data
    for part in parent:
        node = node[part]
    if parent == ("model",):
        return list(MODELS[node.get("kind", "mlp")].model_fields)
    return list(_KINDS[node["kind"]].model_fields)


def _section(path: Path) -> str:
    names = [str(part) for part in path if isinstance(part, str)]
    numbers = [part for part in path if isinstance(part, int)]
    text = f"[{'.'.join(names)}]"
    return f"{text}, number {numbers[0] + 1}" if numbers else text


def _not_a_choice(detail: ErrorDetails, path: Path, places: Mapping[Path, Entry]) -> Diagnostic:
    context = detail.get("ctx", {})
    if detail["type"] == "union_tag_invalid":
        path = (*path, "kind")
        got, text = context["tag"], context["expected_tags"]
    else:
        got, text = detail["input"], context["expected"].replace(" or ", ", ")
    choices = [choice.strip().strip("'") for choice in text.split(",")]
    message = f"{path[-1]} takes {_one_of(choices)}, but here it is {_show(got)}"
    entry = _nearest_entry(path, places)
    return Diagnostic(
        "E802", message, entry.value if entry else None, did_you_mean(str(got), choices)
    )


def _missing(detail: ErrorDetails, path: Path, places: Mapping[Path, Entry]) -> Diagnostic:
    if detail["type"] == "union_tag_not_found":
        name, owner = "kind", path
    else:
        name, owner = str(path[-1]), path[:-1]
    entry = _nearest_entry(owner, places)
    message = f"{_section(owner)} needs the key {name}"
    mend = f"kind is {_one_of(list(_KINDS))}" if name == "kind" else f"add {name} = …"
    return Diagnostic("E802", message, entry.key if entry else None, mend)


def _wrong_value(detail: ErrorDetails, path: Path, places: Mapping[Path, Entry]) -> Diagnostic:
    entry = _nearest_entry(path, places)
    span = entry.value if entry else None
    kind, got = detail["type"], detail["input"]
    if kind == "string_pattern_mismatch":
        wanted = "cpu, cuda, cuda:0, … or mps"
    else:
        wanted = _WANTED.get(kind, detail["msg"]).format(**detail.get("ctx", {}))
    message = f"{_name(path)} must be {wanted}, but here it is {_show(got)}"
    mend = None
    if path[0] == "weights" and isinstance(got, Mapping) and len(path) == 2:
        label = f"{path[1]}.{next(iter(got), '1')}"
        mend = f'a label with a dot in it is written in quotes: "{label}"'
    return Diagnostic("E802", message, span, mend)


def _name(path: Path) -> str:
    names = [part for part in path if isinstance(part, str)]
    if len(names) < 2:
        return f"[{names[0]}]" if names else "the method"
    if isinstance(path[-1], int):
        return f"value {path[-1] + 1} of {names[-1]}"
    return names[-1]


def _nearest_entry(path: Path, places: Mapping[Path, Entry]) -> Entry | None:
    """Spans of the path, or of the innermost part of it that the file has."""
    while path and path not in places:
        path = path[:-1]
    return places.get(path)


def _one_of(choices: list[str]) -> str:
    return choices[0] if len(choices) == 1 else f"{', '.join(choices[:-1])} or {choices[-1]}"


def _show(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, Mapping):
        return "a table"
    return "a list" if isinstance(value, list | tuple) else str(value)
