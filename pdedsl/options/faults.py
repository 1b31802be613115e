"""Pydantic's findings in the words of the language, each with its place in the data.

Sections, keys and kinds are read from the classes themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from pdedsl.diagnostics import did_you_mean, nearest

from .section import OneOf, Section, by_kind

Path = tuple[str | int, ...]
Options = TypeVar("Options", bound=Section)
Sections = OneOf | type[Section]

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
    "too_short": "a list of at least {min_length} values",
    "too_long": "at most {max_length} values",
}


@dataclass(frozen=True)
class Fault:
    """Something wrong in the data of a section.

    Args:
        path: names and indices that lead to the key.
        message: what is wrong.
        mend: what to write instead, if that is known.
        note: a further remark.
        part: what is at fault there.
    """

    path: Path
    message: str
    mend: str | None = None
    note: str | None = None
    part: Literal["key", "value"] = "key"


def validate(section: type[Options], data: Mapping[str, Any], name: str) -> Options:
    """The section that options given in Python make.

    Args:
        section: its class.
        data: keys and values.
        name: what messages begin with, such as ``model mlp``.

    Raises:
        ValueError: a key or a value is wrong; the message names all that are.
    """
    try:
        return section.model_validate(data)
    except ValidationError as error:
        found = [
            "; ".join(text for text in (fault.message, fault.mend, fault.note) if text)
            for fault in faults(error, section)
        ]
        raise ValueError(f"{name}: " + "\n".join(found)) from None


def faults(error: ValidationError, section: type[Section]) -> list[Fault]:
    """One fault for each finding of the section that raised the error."""
    return [_fault(detail, section) for detail in error.errors(include_url=False)]


def _fault(detail: ErrorDetails, section: type[Section]) -> Fault:
    path, owner, found = _locate(detail["loc"], section)
    kind = detail["type"]
    kinds = list(by_kind(found.classes)) if isinstance(found, OneOf) else []
    if kind == "extra_forbidden":
        return _unknown_key(path, owner)
    if kind == "literal_error":
        choices = detail["ctx"]["expected"].replace(" or ", ", ").split(", ")
        return _not_a_choice(path, detail["input"], [choice.strip("'") for choice in choices])
    if kind == "union_tag_invalid":
        return _not_a_choice((*path, "kind"), detail["ctx"]["tag"], kinds)
    if kind == "union_tag_not_found":
        for key in detail["input"]:
            if nearest(str(key), ["kind"]):
                return Fault((*path, key), f"there is no key {key}", did_you_mean(key, ["kind"]))
        return Fault(path, f"{_header(path)} needs the key kind", f"kind is {_one_of(kinds)}")
    if kind == "missing":
        *parent, key = path
        return Fault(tuple(parent), f"{_header(parent)} needs the key {key}", f"add {key} = …")
    if kind == "at_place":
        return Fault((*path, *detail["ctx"]["place"]), detail["msg"])
    if kind == "value_error":
        return Fault(path, detail["msg"].removeprefix("Value error, "))
    return _wrong_value(detail, path)


def _locate(
    loc: tuple[str | int, ...], section: type[Section]
) -> tuple[Path, type[Section], Sections | None]:
    """A place of pydantic, which has the kinds of sections in it.

    Returns:
        The path; the section whose key its last name is; the sections that may stand there.
    """
    path: list[str | int] = []
    owner: type[Section] = section
    found: Sections | None = section
    for part in loc:
        if isinstance(part, int):
            path.append(part)
        elif isinstance(found, OneOf):
            found = by_kind(found.classes)[part]
        else:
            path.append(part)
            if found is not None:
                owner = found
                key = owner.model_fields.get(part)
                found = sections_in(key) if key else None
    return tuple(path), owner, found


def sections_in(annotation: Any) -> Sections | None:
    """The sections that a field, or something with that annotation, may be, or be a list of."""
    if isinstance(annotation, FieldInfo):
        inner, marks = annotation.annotation, annotation.metadata
    elif get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
    elif isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    else:
        found = (sections_in(part) for part in get_args(annotation))
        return next((each for each in found if each is not None), None)
    return next((mark for mark in marks if isinstance(mark, OneOf)), None) or sections_in(inner)


def _unknown_key(path: Path, owner: type[Section]) -> Fault:
    *parent, name = path
    known, keys = list(owner.model_fields), owner.model_fields.values()
    if not parent and all(sections_in(key) or get_origin(key.annotation) is dict for key in keys):
        message = f"there is no section [{name}] in a method"
        note = "the sections are " + ", ".join(f"[{key}]" for key in known)
    else:
        message = f"there is no key {name}" + (f" in {_header(parent)}" if parent else "")
        note = "its keys are " + ", ".join(known)
    return Fault(path, message, did_you_mean(str(name), known), note)


def _not_a_choice(path: Path, got: Any, choices: list[str]) -> Fault:
    message = f"{path[-1]} takes {_one_of(choices)}, but here it is {_show(got)}"
    return Fault(path, message, did_you_mean(str(got), choices), part="value")


def _wrong_value(detail: ErrorDetails, path: Path) -> Fault:
    kind, got = detail["type"], detail["input"]
    if kind == "string_pattern_mismatch":
        wanted = "cpu, cuda, cuda:0, … or mps"
    else:
        wanted = _WANTED.get(kind, detail["msg"]).format(**detail.get("ctx", {}))
    name = _header(path) if wanted == "a table" else _key(path)
    message = f"{name} must be {wanted}, but here it is {_show(got)}"
    mend = None
    if path[:1] == ("weights",) and isinstance(got, Mapping) and len(path) == 2:
        label = f"{path[1]}.{next(iter(got), '1')}"
        mend = f'a label with a dot in it is written in quotes: "{label}"'
    return Fault(path, message, mend, part="value")


def _header(path: Iterable[str | int]) -> str:
    """A section as a file names it, with the number of a section that is one of several."""
    names = [part for part in path if isinstance(part, str)]
    numbers = [part for part in path if isinstance(part, int)]
    text = f"[{'.'.join(names)}]" if names else "a section"
    return f"{text}, number {numbers[0] + 1}" if numbers else text


def _key(path: Path) -> str:
    if path and isinstance(path[-1], int):
        return f"value {path[-1] + 1} of {next(p for p in reversed(path) if isinstance(p, str))}"
    return str(path[-1]) if path else "a section"


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
