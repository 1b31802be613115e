"""``pdedsl solve``: train, report, and keep the run."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pdedsl.choice.allowance import Allowance
from pdedsl.cli.ending import report
from pdedsl.cli.failure import Failure
from pdedsl.cli.options import Real, Setting, accept_option, examples, json_option, set_option
from pdedsl.cli.pictures import draw
from pdedsl.cli.processes import LostProcess, processes_option, serves, sharing_with
from pdedsl.cli.training import load_and_warn, run

if TYPE_CHECKING:
    from pdedsl.runs import Claim, RunFolder


@click.command(
    "solve",
    epilog=examples(
        "pdedsl solve specs/helmholtz.pde --budget 60",
        "pdedsl solve specs/helmholtz.pde --set k=4 --method adam_lbfgs --seed 1",
        "pdedsl solve specs/poisson_2d.pde --with model.width=32 --json > result.json",
        "pdedsl solve specs/burgers.pde --method lm --processes 2",
    ),
)
@click.argument("file")
@click.option("--method", default="auto", show_default=True, help="A preset, or a TOML file.")
@click.option(
    "--with",
    "settings",
    type=Setting(),
    multiple=True,
    help="Change the method, such as model.width=64; may be repeated.",
)
@click.option("--model", help="Short for --with model.kind=NAME.")
@click.option(
    "--compile",
    "compiled",
    is_flag=True,
    help="Compile the derivatives of networks, which pays in long runs (needs g++ or clang++).",
)
@click.option(
    "--iterations",
    type=click.IntRange(1),
    help="Stop after so many iterations, beside those of short starts.",
)
@set_option
@click.option(
    "--budget",
    type=Real(),
    metavar="SECONDS",
    help="End within this time of the clock, from the start of the command on (auto: 50).",
)
@accept_option
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Of the points and the first guess.",
)
@click.option("--dtype", type=click.Choice(["float64", "float32"]), help="Precision.")
@click.option("--device", help="cpu or cuda (default: that of the method).")
@click.option("--threads", type=click.IntRange(1), help="Threads of torch.")
@processes_option
@click.option(
    "--out", metavar="DIR", help="The run folder, new or empty (default: runs/NAME-001, -002, …)."
)
@click.option(
    "--checkpoint-every",
    type=click.IntRange(1),
    metavar="N",
    help="Keep the state of the training after every N iterations too, for pdedsl resume "
    "(otherwise every ten seconds).",
)
@click.option(
    "--watch",
    is_flag=True,
    help="Measure gradients, Hessian, tangent kernel and the error by wave number along the "
    "training, in about a seventh of its time.",
)
@click.option(
    "--polish",
    is_flag=True,
    help="Add the estimated error to the solution where that makes it better.",
)
@click.option("--no-plots", is_flag=True, help="Draw no pictures.")
@click.option("--quiet", is_flag=True, help="Print nothing but problems.")
@json_option()
def command(
    file: str,
    processes: int,
    out: str | None,
    no_plots: bool,
    quiet: bool,
    as_json: bool,
    **options: Any,
) -> int:
    """Solve a spec, print how well it went, and write a run folder.

    Exit status: 0 nothing speaks against the solution; 1 the spec or the method is at fault; 2
    wrong usage, such as a run folder that is taken; 3 something speaks against the solution
    (unresolved, inaccurate, no solution, not unique, data missed, diverged), the training was
    interrupted (its best state is saved), or the run could not be saved.
    """
    from pdedsl.runs import UnwritableError

    if serves():
        return 0
    allowance = Allowance(options["budget"])  # the clock runs from here on
    problem = load_and_warn(file, dict(options.pop("params")), quiet)
    folder = _folder(out, file)
    claim = _claim(folder)
    try:
        with sharing_with(processes, folder.path):
            solution = run(problem, folder, quiet=quiet, allowance=allowance, **options)
    except UnwritableError as error:
        raise Failure(f"{error}; nothing was solved") from error
    except LostProcess:
        raise
    except BaseException:
        _withdraw(folder)
        raise
    finally:
        claim.release()
    whole = no_plots or draw(solution, allowance, options["budget"] or allowance.seconds)
    return report(solution, as_json, quiet) if whole else max(report(solution, as_json, quiet), 3)


def _folder(out: str | None, file: str) -> RunFolder:
    """Make the run folder first: to learn after hours that it cannot be made is too late."""
    from pdedsl.runs import FolderTakenError, RunFolder

    place = out if out is not None else "runs"
    try:
        if out is not None:
            return RunFolder.exactly(Path(out))
        return RunFolder.numbered(Path(place), Path(file).stem)
    except FolderTakenError as error:
        raise Failure(f"{error}; a run folder is never overwritten, name another", 2) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise Failure(
            f"cannot make a run folder in {place}: {reason}; name another with --out"
        ) from error


def _claim(folder: RunFolder) -> Claim:
    """Hold the folder, where two solves that start together may have been given one."""
    from pdedsl.runs import Claim

    with suppress(BlockingIOError):
        claim = Claim(folder.path)
        if not any(folder.path.iterdir()):
            return claim
    raise Failure(f"{folder.path} is taken by another run; name another", 2)


def _withdraw(folder: RunFolder) -> None:
    """Remove the folder of a run that has not begun to train."""
    with suppress(OSError):
        if not folder.method.is_file():
            folder.record.unlink(missing_ok=True)
        folder.path.rmdir()
