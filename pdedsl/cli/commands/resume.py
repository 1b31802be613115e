"""``pdedsl resume``: go on with a run that was broken off, or give it more time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pdedsl.choice.allowance import Allowance
from pdedsl.cli.console import say
from pdedsl.cli.ending import report
from pdedsl.cli.failure import Failure
from pdedsl.cli.options import Real, examples, json_option
from pdedsl.cli.pictures import draw
from pdedsl.cli.processes import processes_option, serves, sharing_with
from pdedsl.cli.training import carry_out, run

if TYPE_CHECKING:
    from pdedsl.results import Solution
    from pdedsl.runs import RunFolder


@click.command(
    "resume",
    epilog=examples(
        "pdedsl resume runs/helmholtz-001",
        "pdedsl resume runs/helmholtz-001 --budget 120",
        "pdedsl resume runs/helmholtz-001 --iterations 2000",
    ),
)
@click.argument("run_name", metavar="RUN")
@click.option(
    "--budget",
    type=Real(),
    metavar="SECONDS",
    help="Seconds from now on (default: what is left of those of the run).",
)
@click.option(
    "--iterations", type=click.IntRange(1), metavar="N", help="Make so many iterations more."
)
@processes_option
@click.option("--no-plots", is_flag=True, help="Draw no pictures.")
@click.option("--quiet", is_flag=True, help="Print nothing but problems.")
@json_option()
def command(
    run_name: str,
    budget: float | None,
    iterations: int | None,
    processes: int,
    no_plots: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Go on with a run from its last checkpoint.

    The iterations that follow are, bit by bit, those of a run without the break, on the same
    machine with the same libraries and threads: parameters, state of the optimizer, points, weights
    and random numbers are those of the checkpoint. A run that was broken off while its method was
    chosen is solved anew in its folder, by the same options. Of a run that has ended the result is
    printed.

    Exit status as for solve.
    """
    from pdedsl.runs import Claim, RunFolder
    from pdedsl.solution.saved.resuming import has_ended, record_of

    if serves():
        return 0
    allowance = Allowance(None)  # the clock runs from here on
    folder = RunFolder(Path(run_name))
    try:
        claim = Claim(folder.path)
    except BlockingIOError:
        number = record_of(folder).get("process")
        process = "another process" if number is None else f"process {number}"
        raise Failure(f"{run_name} is at work in {process}; stop that first", 2) from None
    try:
        if has_ended(folder):
            with sharing_with(1, folder.path):  # for those that torchrun has started
                return _show(folder, as_json, quiet)
        with sharing_with(processes, folder.path):
            solution = _go_on(folder, budget, iterations, allowance, quiet)
    finally:
        claim.release()
    whole = no_plots or draw(solution, allowance, allowance.seconds)
    return report(solution, as_json, quiet) if whole else max(report(solution, as_json, quiet), 3)


def _show(folder: RunFolder, as_json: bool, quiet: bool) -> int:
    """What is known of a run that has ended."""
    from pdedsl.results import Solution

    say(f"pdedsl: {folder.path} has ended; nothing of it is left to do")
    return report(Solution.load(folder.path), as_json, quiet)


def _go_on(
    folder: RunFolder,
    budget: float | None,
    iterations: int | None,
    allowance: Allowance,
    quiet: bool,
) -> Solution:
    from pdedsl.cli.interrupt import Interrupt
    from pdedsl.runs import UnwritableError
    from pdedsl.solution.saved.resuming import going_on

    going = going_on(folder, budget, iterations, allowance)
    try:
        if going.plan is None:
            if not quiet:
                say(f"{folder.path} had not begun to train: choosing its method anew")
            return run(
                going.problem, folder, quiet=quiet, allowance=allowance, request=going.request
            )
        assert going.resumed is not None
        if not quiet:
            made = going.resumed.iterations
            say(f"going on from the checkpoint of iteration {made} in {folder.training}")
        with Interrupt() as interrupt:
            allowance.should_stop = interrupt
            return carry_out(going.plan, going.request, folder, interrupt, quiet, going.resumed)
    except UnwritableError as error:
        raise Failure(f"{error}; nothing was done") from error
