"""``pdedsl list``: what there is to choose from."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import click

from pdedsl.cli.console import emit, emit_json, show_diagnostics
from pdedsl.cli.options import examples, json_option

if TYPE_CHECKING:
    from pdedsl.ir import Problem

Row = dict[str, str]


_KINDS = ("models", "optimizers", "rules", "presets", "specs", "codes")


@click.command(
    "list",
    epilog=examples(
        "pdedsl list presets", "pdedsl list presets sa_pinn", "pdedsl list specs --markdown"
    ),
)
@click.argument("what", type=click.Choice(_KINDS))
@click.argument("name", required=False)
@click.option("--markdown", is_flag=True, help="Print a Markdown table.")
@json_option()
def command(what: str, name: str | None, markdown: bool, as_json: bool) -> int:
    """List models, optimizers, rules, presets, specs, or diagnostic codes.

    With a NAME: the whole of that preset, its source, equation and settings, from which a method
    file of your own may start; or the specs in that folder (default: specs).
    """
    if name is not None and what not in ("specs", "presets"):
        raise click.UsageError("only presets and specs are listed by name")
    if name is not None and what == "presets":
        return _preset(name, as_json)
    rows = _specs(Path(name or "specs")) if what == "specs" else _ROWS[what]()
    if as_json:
        emit_json({what: rows})
    elif markdown:
        emit("\n".join(markdown_table(rows)))
    else:
        _print(rows)
    return 0


def markdown_table(rows: list[Row]) -> list[str]:
    """The lines of a Markdown table with the keys as its header."""
    if not rows:
        return []
    lines = [_line(list(rows[0])), _line(["---"] * len(rows[0]))]
    return lines + [_line([value.replace("|", "\\|") for value in row.values()]) for row in rows]


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _print(rows: list[Row]) -> None:
    if not rows:
        return
    widths = [max(len(row[key]) for row in rows) for key in rows[0]]
    for row in rows:
        cells = [value.ljust(width) for value, width in zip(row.values(), widths, strict=True)]
        emit("  ".join(cells).rstrip())


def _models() -> list[Row]:
    from pdedsl.models.registry import MODELS

    return [
        {"model": name, "options": ", ".join(
            f"{key} = {option.default}"
            for key, option in section.model_fields.items() if key != "kind"
        )}
        for name, section in MODELS.items()
    ]  # fmt: skip


def _optimizers() -> list[Row]:
    from pdedsl.optimizers.registry import OPTIMIZERS

    return [
        {"optimizer": name, "what": _title(sys.modules[options.__module__])}
        for name, options in OPTIMIZERS.items()
    ]


def _presets() -> list[Row]:
    from pdedsl.settings.load import find, presets

    rows = [{"preset": "auto", "what": "chosen from the problem and the budget"}]
    return rows + [{"preset": name, "what": _comment(find(name).text)} for name in presets()]


def _preset(name: str, as_json: bool) -> int:
    """Print the text of a preset."""
    from pdedsl.settings.load import find

    text = "" if name == "auto" else find(name).text
    if as_json:
        emit_json({"preset": name, "text": text})
    else:
        emit(text.rstrip() or "auto has no file: the method is chosen from the problem")
    return 0


def _rules() -> list[Row]:
    from pdedsl.training.rules.registry import RULES

    return [
        {"rule": name, "what": _title(sys.modules[options.__module__])}
        for name, options in RULES.items()
    ]


def _codes() -> list[Row]:
    from pdedsl.diagnostics import CODES

    return [{"code": code, "meaning": meaning} for code, meaning in CODES.items()]


_ROWS: dict[str, Callable[[], list[Row]]] = {
    "models": _models,
    "optimizers": _optimizers,
    "rules": _rules,
    "presets": _presets,
    "codes": _codes,
}


def _specs(folder: Path) -> list[Row]:
    """Every spec of a folder; one that is at fault is reported and left out."""
    if not folder.is_dir():
        raise click.UsageError(f"there is no folder {folder}")
    rows = []
    for path in sorted(folder.glob("*.pde")):
        problem, text = _read(path)
        if problem is not None:
            rows.append(_spec(path, problem, text))
    if not rows:
        raise click.UsageError(f"there are no specs in {folder}")
    return rows


def _read(path: Path) -> tuple[Problem | None, str]:
    from pdedsl.api import check
    from pdedsl.diagnostics import UserError

    try:
        problem, report, source = check(path)
    except UserError as error:
        show_diagnostics(error.diagnostics, error.source)
        return None, ""
    show_diagnostics(report.errors, source)
    return problem, source.text


def _spec(path: Path, problem: Problem, text: str) -> Row:
    return {
        "spec": path.stem,
        "problem": problem.title,
        "unknowns": _unknowns(problem),
        "known solution": _known(problem),
        "source": _source(text),
    }


def _unknowns(problem: Problem) -> str:
    fields = [f"{f.name}({', '.join(_arguments(f.arguments))})" for f in problem.fields]
    return ", ".join([*fields, *(n.symbol.name for n in problem.numbers)])


def _arguments(symbols: tuple[object, ...]) -> list[str]:
    """Names of arguments; indexed ones, ``x[1]`` to ``x[5]``, shortened to ``x``."""
    return list(dict.fromkeys(str(symbol).partition("[")[0] for symbol in symbols))


def _known(problem: Problem) -> str:
    kinds = (["exact"] if problem.exact else []) + (["reference"] if problem.references else [])
    return ", ".join(kinds) or "none"


def _source(text: str) -> str:
    """What stands behind ``# source:`` among the comments at the top."""
    found = []
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            break
        if line.startswith("# source:"):
            found.append(line.removeprefix("# source:").strip())
    return "; ".join(found)


def _comment(text: str) -> str:
    """The first comment line of a method file."""
    lines = (line.lstrip("# ").strip() for line in text.splitlines() if line.startswith("#"))
    return next(lines, "")


def _title(module: ModuleType) -> str:
    return (module.__doc__ or "").strip().partition("\n")[0]
