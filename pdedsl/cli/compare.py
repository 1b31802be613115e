"""``pdedsl compare``: several methods on one problem, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .console import emit_json, say
from .ending import exit_status
from .failure import Failure
from .options import examples, json_option, set_option
from .training import load_and_warn, run

if TYPE_CHECKING:
    from pdedsl.runs import RunFolder
    from pdedsl.solution import Solution


@click.command(
    "compare",
    epilog=examples(
        "pdedsl compare specs/helmholtz.pde --methods lm,adam,adam_lbfgs --budget 60",
    ),
)
@click.argument("file")
@click.option("--methods", required=True, metavar="A,B,…", help="Presets or TOML files.")
@set_option
@click.option(
    "--budget",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="Time for the training of each.",
)
@click.option("--iterations", type=click.IntRange(1), help="Iterations of each.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of all.")
@click.option("--dtype", type=click.Choice(["float64", "float32"]), help="Precision.")
@click.option("--device", help="cpu or cuda (default: that of the method).")
@click.option("--threads", type=click.IntRange(1), help="Threads of torch.")
@click.option("--out", metavar="DIR", help="Write a run folder for each below this one.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
@json_option("one JSON list")
def command(
    file: str,
    methods: str,
    params: tuple[tuple[str, float], ...],
    out: str | None,
    quiet: bool,
    as_json: bool,
    **options: Any,
) -> int:
    """Solve a spec with several methods, one after another, and set the results side by side."""
    names = [name.strip() for name in methods.split(",") if name.strip()]
    if not names:
        raise click.UsageError("--methods needs a name, or several with commas between")
    problem = load_and_warn(file, dict(params), quiet)
    _check_methods(names)
    solutions: list[Solution] = []
    for name in names:
        folder = _folder(out, file, name)
        solutions.append(
            run(problem, folder, method=name, settings=(), model=None, quiet=quiet, **options)
        )
        if solutions[-1].outcome.status == "interrupted":
            say("pdedsl: interrupted; the methods that are left are not run")
            break
    _show(solutions, as_json)
    return max(exit_status(solution) for solution in solutions)


def _check_methods(names: list[str]) -> None:
    """Read every method before the first is run."""
    from pdedsl.solution.planning import read_method

    for name in names:
        if name != "auto":
            read_method(name, ())


def _folder(out: str | None, file: str, method: str) -> RunFolder | None:
    if out is None:
        return None
    from pdedsl.runs import RunFolder

    try:
        return RunFolder.numbered(Path(out), f"{Path(file).stem}-{Path(method).stem}")
    except OSError as error:
        raise Failure(f"cannot make a run folder in {out}: {error.strerror}") from error


def _show(solutions: list[Solution], as_json: bool) -> None:
    data = [solution.summary() for solution in solutions]
    if as_json:
        emit_json(data)
        return
    from .result import show_comparison

    show_comparison(data)
    for solution, entry in zip(solutions, data, strict=True):
        if not solution.usable:
            say(f"pdedsl: {entry['method']}: no usable solution: {solution.failure}")
        for problem in solution.unsaved:
            say(f"pdedsl: {problem}")
