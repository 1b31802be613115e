"""``pdedsl compare``: several methods on one problem, or runs that there are, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pdedsl.cli.console import emit_json, say
from pdedsl.cli.ending import exit_status
from pdedsl.cli.failure import Failure
from pdedsl.cli.options import Real, accept_option, examples, json_option, set_option
from pdedsl.cli.training import load_and_warn, run

if TYPE_CHECKING:
    from pdedsl.ir import Problem
    from pdedsl.results import Solution
    from pdedsl.runs import RunFolder


@click.command(
    "compare",
    epilog=examples(
        "pdedsl compare specs/helmholtz.pde --methods lm,adam,adam_lbfgs --budget 60",
        "pdedsl compare runs/helmholtz-001 runs/helmholtz-002",
    ),
)
@click.argument("names", metavar="FILE | RUN RUN …", nargs=-1, required=True)
@click.option("--methods", metavar="A,B,…", help="Presets or TOML files, to solve FILE with.")
@set_option
@click.option("--budget", type=Real(), metavar="SECONDS", help="Time for the training of each.")
@accept_option
@click.option("--iterations", type=click.IntRange(1), help="Iterations of each.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of all.")
@click.option("--dtype", type=click.Choice(["float64", "float32"]), help="Precision.")
@click.option("--device", help="cpu or cuda (default: that of the method).")
@click.option("--threads", type=click.IntRange(1), help="Threads of torch.")
@click.option(
    "--out",
    metavar="DIR",
    help="Write a run folder for each, and the picture, below this one (default: runs, and the "
    "picture alone).",
)
@click.option("--no-plots", is_flag=True, help="Draw no picture.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
@json_option("one JSON list")
def command(
    names: tuple[str, ...],
    methods: str | None,
    params: tuple[tuple[str, float], ...],
    out: str | None,
    no_plots: bool,
    quiet: bool,
    as_json: bool,
    **options: Any,
) -> int:
    """Set results side by side: of methods on one spec, which are run now, or of runs.

    Of a FILE, every method solves it, one after another. Of run folders nothing is solved: with
    their results come the differences of their solutions from that of the first, at points that
    both have.

    The picture DIR/NAME-compare-001.png shows the error, or the loss where no solution is known,
    over the steps and over the time. Exit status: the largest of those that solve would give.
    """
    if methods is None:
        return _compare_runs(names, as_json)
    if len(names) != 1:
        raise click.UsageError("--methods is for one FILE; of runs, leave it out")
    chosen = [name.strip() for name in methods.split(",") if name.strip()]
    if not chosen:
        raise click.UsageError("--methods needs a name, or several with commas between")
    (file,) = names
    problem = load_and_warn(file, dict(params), quiet)
    _check_methods(chosen)
    picture = None if no_plots else _picture(out, file)
    try:
        solutions = _run_all(problem, chosen, file, out, quiet=quiet, **options)
        _draw(solutions, picture)
    finally:
        _remove_if_empty(picture)
    _show(solutions, as_json)
    return max(exit_status(solution) for solution in solutions)


def _compare_runs(names: Sequence[str], as_json: bool) -> int:
    """Set runs side by side, with the differences of their solutions from the first."""
    from dataclasses import asdict

    from pdedsl.cli.result import show_comparison, show_differences
    from pdedsl.results import Solution
    from pdedsl.solution.differences import differences

    if any(Path(name).is_file() for name in names):
        raise click.UsageError(
            "name the methods that are to solve the file (--methods lm,adam), or two run folders"
        )
    if len(names) < 2:
        raise click.UsageError("name two run folders or more; pdedsl runs lists those there are")
    solutions = [Solution.load(name) for name in names]
    first, *others = solutions
    found = [{}, *(differences(own, first) for own in others)]
    data = [
        own.summary() | {"differences": {name: asdict(d) for name, d in each.items()}}
        for own, each in zip(solutions, found, strict=True)
    ]
    if as_json:
        emit_json(data)
        return 0
    show_comparison(data, [Path(name).name for name in names])
    show_differences(found, [Path(name).name for name in names])
    return 0


def _run_all(
    problem: Problem, names: list[str], file: str, out: str | None, **options: Any
) -> list[Solution]:
    """The solutions; those up to an interruption."""
    from pdedsl.runs import claimed

    solutions: list[Solution] = []
    for name in names:
        folder = _folder(out, file, name)
        with claimed(folder):
            solutions.append(run(problem, folder, method=name, **options))
        if solutions[-1].outcome.status == "interrupted":
            say("pdedsl: interrupted; the methods that are left are not run")
            break
    return solutions


def _picture(out: str | None, file: str) -> Path:
    """Make an empty file first: to learn after hours that it cannot be written is too late."""
    from pdedsl.runs import numbered_file

    place = Path(out or "runs")
    try:
        return numbered_file(place, f"{Path(file).stem}-compare", "png")
    except OSError as error:
        reason = error.strerror or str(error)
        raise Failure(
            f"cannot make a picture in {place}: {reason}; name another folder with --out, or "
            "leave the picture out with --no-plots"
        ) from error


def _remove_if_empty(picture: Path | None) -> None:
    with suppress(OSError):
        if picture is not None and picture.stat().st_size == 0:
            picture.unlink()


def _draw(solutions: list[Solution], picture: Path | None) -> None:
    """Draw; a picture that cannot be written must not cost the results."""
    if picture is None:
        return
    from pdedsl.plots.comparison import comparison_figure
    from pdedsl.plots.style import save

    try:
        save(comparison_figure(solutions), picture)
    except OSError as error:
        say(f"pdedsl: cannot write {picture}: {error.strerror or error}")
    else:
        say(f"curves of the methods in {picture}")


def _check_methods(names: list[str]) -> None:
    """Read every method before the first is run."""
    from pdedsl.settings.load import load_method

    for name in names:
        if name != "auto":
            load_method(name)


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
    from pdedsl.cli.result import show_comparison

    show_comparison(data)
    for solution, entry in zip(solutions, data, strict=True):
        if not solution.usable:
            say(f"pdedsl: {entry['method']}: {solution.status}: {solution.failure}")
        for problem in solution.unsaved:
            say(f"pdedsl: {problem}")
