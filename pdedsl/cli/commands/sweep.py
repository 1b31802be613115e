"""``pdedsl sweep``: a spec at several values of its parameters, on several processes."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pdedsl.cli.console import emit, emit_json, number, say
from pdedsl.cli.failure import Failure
from pdedsl.cli.interrupt import Interrupt
from pdedsl.cli.job_array import job_array
from pdedsl.cli.options import Real, Setting, Values, accept_option, examples, json_option
from pdedsl.cli.sweeping import Case, Processes, cases_of
from pdedsl.cli.training import load_and_warn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pdedsl.ir import Problem

_RECORD = "sweep.json"
_MOST = 10_000  # cases: a step that was forgotten makes more; a choice


@click.command(
    "sweep",
    epilog=examples(
        "pdedsl sweep specs/helmholtz.pde --set k=1..8 --budget 20",
        "pdedsl sweep specs/helmholtz.pde --set a1=1,2 --set a2=1,4 --processes 2",
        "pdedsl sweep specs/burgers.pde --seeds 0..4 --method lm --budget 30",
    ),
)
@click.argument("file")
@click.option(
    "--set",
    "values",
    type=Values(),
    multiple=True,
    help="Values of a parameter: k=1..8 in steps of 1, k=0..1:11 for 11 of equal steps, "
    "k=0.01..100:log5 for 5 of equal ratios, or k=1,2,5. May be repeated, for all combinations.",
)
@click.option("--seeds", type=Values(bare=True), help="Seeds, likewise (default: 0).")
@click.option("--method", default="auto", show_default=True, help="A preset, or a TOML file.")
@click.option("--with", "settings", type=Setting(), multiple=True, help="Change the method.")
@click.option("--budget", type=Real(), metavar="SECONDS", help="Of each case, by the clock.")
@accept_option
@click.option(
    "--processes",
    type=click.IntRange(1),
    help="Cases at once, which share the cores (default: one for two cores).",
)
@click.option(
    "--out",
    metavar="DIR",
    help="Folder of the runs; one that was broken off goes on (default: runs/NAME-sweep-001, …).",
)
@click.option(
    "--script",
    type=click.Path(dir_okay=False),
    help="Solve nothing, but write a shell script of all cases, for the job array of a cluster.",
)
@click.option("--quiet", is_flag=True, help="Show no progress.")
@json_option("one JSON list, an object for each case,")
def command(
    file: str,
    values: tuple[tuple[str, tuple[float, ...]], ...],
    seeds: tuple[str, tuple[float, ...]] | None,
    processes: int | None,
    out: str | None,
    script: str | None,
    quiet: bool,
    as_json: bool,
    **options: Any,
) -> int:
    """Solve a spec at all combinations of values of its parameters, and print a table.

    Each case is a run of its own in a process, and a folder below that of the sweep; the command
    given again with the same --out goes on with the cases that have not ended.

    Exit status: 0 nothing speaks against any solution; 1 the spec or the method is at fault; 2
    wrong usage; 3 something speaks against a solution, or not all cases have ended.
    """
    numbers = _seeds(seeds)
    problem = _checked(file, values, numbers, quiet)
    folder = _folder(file, problem, values, numbers, options, out)
    cases = cases_of(values, numbers, folder)
    if script is not None:
        return _write_script(script, cases, file, options, folder)
    with Interrupt("ending all cases with their best states") as interrupt:
        many = processes or max(1, (os.cpu_count() or 1) // 2)
        todo = [case for case in cases if not case.ended]
        at_work = Processes(file, _options(options), many, interrupt)
        for count, (case, said) in enumerate(at_work.run(todo), 1):
            if not quiet:
                say(f"{count} of {len(todo)}  {case.folder.name}: {_ending(case, said)}")
    entries = [_entry(case) for case in cases]
    if as_json:
        emit_json(entries)
    else:
        _show(entries, folder)
    return 0 if all(entry["usable"] for entry in entries) else 3


def _seeds(given: tuple[str, tuple[float, ...]] | None) -> list[int]:
    seeds = (0.0,) if given is None else given[1]
    if any(seed < 0 or seed != int(seed) for seed in seeds):
        raise Failure("seeds are whole numbers from 0 on, such as --seeds 0..4", 2)
    return [int(seed) for seed in seeds]


def _checked(
    file: str, values: Sequence[tuple[str, tuple[float, ...]]], seeds: Sequence[int], quiet: bool
) -> Problem:
    """The problem, at the first values: what is wrong with it is told once, and before all."""
    names = [name for name, _ in values]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Failure(f"{twice[0]} is set twice; write --set {twice[0]}=1,2,5", 2)
    count = len(seeds)
    for _, own in values:
        count *= len(own)
    if count > _MOST:
        raise Failure(f"these are {count} cases, more than {_MOST}; take longer steps", 2)
    return load_and_warn(file, {name: own[0] for name, own in values}, quiet)


def _folder(
    file: str,
    problem: Problem,
    values: Sequence[tuple[str, tuple[float, ...]]],
    seeds: Sequence[int],
    options: dict[str, Any],
    out: str | None,
) -> Path:
    """A folder for the sweep, with the record of what it is; or that of the same sweep."""
    from pdedsl.runs import RunFolder
    from pdedsl.solution.summary import spec_sha256

    asked = {
        "file": file,
        "spec_sha256": spec_sha256(problem.source.text),
        "values": {name: list(own) for name, own in values},
        "seeds": list(seeds),
        "options": _options(options),
    }
    try:
        if out is None:
            path = RunFolder.numbered(Path("runs"), f"{Path(file).stem}-sweep").path
        else:
            path = Path(out)
            path.mkdir(parents=True, exist_ok=True)
            if any(path.iterdir()):
                _check_same(path, asked)
                return path
        (path / _RECORD).write_text(json.dumps(asked, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise Failure(f"cannot make a folder: {reason}; name another with --out") from error
    return path


def _check_same(path: Path, asked: dict[str, Any]) -> None:
    """Refuse a folder of anything but the same spec, solved in the same way.

    Other values may join those that are there.
    """
    try:
        before = json.loads((path / _RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise Failure(f"{path} is not empty and holds no sweep; name another folder", 2) from None
    for key, what in (("spec_sha256", "another spec"), ("options", "other options")):
        if before.get(key) != asked[key]:
            raise Failure(f"{path} holds a sweep of {what}; name another folder", 2)


def _write_script(
    script: str, cases: Sequence[Case], file: str, options: dict[str, Any], folder: Path
) -> int:
    again = [*sys.argv[1:]] if sys.argv[1:2] == ["sweep"] else ["sweep", file]
    for name in ("--script", "--out"):
        again = [part for part in again if not part.startswith(f"{name}=")]
        if name in again:
            place = again.index(name)
            del again[place : place + 2]
    text = job_array(cases, file, _options(options), ["pdedsl", *again, "--out", str(folder)])
    try:
        with open(script, "x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise Failure(f"{script} is there already; name another with --script", 2) from None
    except OSError as error:
        raise Failure(f"cannot write {script}: {error.strerror or error}") from error
    emit(f"{len(cases)} cases in {script}; sbatch --array=1-{len(cases)} {script}")
    return 0


def _options(options: dict[str, Any]) -> list[str]:
    """Those of all cases, as they are typed."""
    found = ["--method", options["method"]]
    found += [part for key, value in options["settings"] for part in ("--with", f"{key}={value}")]
    for name in ("budget", "accept"):
        if options[name] is not None:
            found += [f"--{name}", repr(options[name])]
    return found


def _ending(case: Case, said: str) -> str:
    record = case.record
    if record is None:
        lines = said.splitlines()
        return lines[0] if lines else "ended without a result"
    return str(record["status"])


def _entry(case: Case) -> dict[str, Any]:
    """A case as plain data."""
    from pdedsl.runs.entries import entry_of

    found, record = entry_of(case.folder), case.record or {}
    return {
        "values": dict(case.values),
        "seed": case.seed,
        "run": str(case.folder) if found else None,
        "status": found.status if found else "not begun",
        "usable": bool(record.get("usable")),
        "failure": record.get("failure"),
        "error": found.error if found else None,
        "estimate": found.estimate if found else None,
        "seconds": found.seconds if found else None,
        "unknowns": record.get("unknowns") or {},
        "outputs": {name: own["value"] for name, own in (record.get("outputs") or {}).items()},
    }


def _show(entries: Sequence[dict[str, Any]], folder: Path) -> None:
    from pdedsl.cli.result import show_table

    names = list(entries[0]["values"])
    columns = list(dict.fromkeys(
        (key, name) for key in ("unknowns", "outputs") for entry in entries for name in entry[key]
    ))  # fmt: skip
    heads = [*names, "seed", "status", "error", "estimate", *(name for _, name in columns)]
    rows = [
        [
            *(f"{entry['values'][name]:.6g}" for name in names),
            str(entry["seed"]), entry["status"], number(entry["error"]),
            number(entry["estimate"]),
            *(_value(entry[key].get(name)) for key, name in columns),
        ]
        for entry in entries
    ]  # fmt: skip
    show_table([*heads, "seconds"], [
        [*row, "–" if entry["seconds"] is None else f"{entry['seconds']:.1f}"]
        for row, entry in zip(rows, entries, strict=True)
    ])  # fmt: skip
    emit(f"saved in {folder}")
    if any(entry["status"] in ("not begun", "interrupted") for entry in entries):
        emit(f"go on with the same command and --out {folder}")


def _value(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, (int, float)) else "–"
