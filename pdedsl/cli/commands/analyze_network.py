"""``pdedsl analyze --network``: train a network and measure what its training depends on."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from pdedsl.cli.console import emit, emit_json, say
from pdedsl.cli.failure import Failure

if TYPE_CHECKING:
    from pdedsl.analysis.network.training import Course
    from pdedsl.ir import Problem
    from pdedsl.results import NetworkReport

_OF_MATRICES = ("family", "modes", "index", "epsilon", "verify", "picture")
_OF_NETWORKS: tuple[str, ...] = ("iterations", "budget", "settings", "seed", "pictures")


def check_combination(ctx: click.Context, network: str | None) -> None:
    """Refuse options that the kind of analysis does not have.

    Raises:
        click.UsageError: with the names of these options.
    """
    names, why = _OF_NETWORKS, "only with --network METHOD"
    if network is not None:
        names = _OF_MATRICES
        why = "not with --network, which analyses a network in place of a basis"
    given = [n for n in names if ctx.get_parameter_source(n) is ParameterSource.COMMANDLINE]
    if given:
        listed = ", ".join(p.opts[0] for p in ctx.command.params if p.name in given)
        raise click.UsageError(f"{listed}: {why}", ctx)


def analyze_network(
    problem: Problem, method: str, pictures: str | None, as_json: bool, **training: Any
) -> int:
    """Train, measure, print and draw; returns the exit status.

    Other options are those of `pdedsl.analysis.network.plan_training`.
    """
    folder = _folder(pictures) if pictures else None
    try:
        report = _measure(_train(problem, method, **training))
        if as_json:
            emit_json(report.as_data())
        else:
            emit(str(report))
        if folder is not None:
            _draw(report, folder)
    finally:
        if folder is not None:
            with suppress(OSError):
                folder.rmdir()  # it stays where anything was written
    if report.status == "interrupted":
        say("pdedsl: interrupted: the report is on the states until then")
        return 3
    return 0


def _folder(name: str) -> Path:
    """Make the folder first: to learn after the training that it cannot be made is too late."""
    from pdedsl.runs import FolderTakenError, RunFolder

    try:
        return RunFolder.exactly(Path(name)).path
    except FolderTakenError as error:
        fault = f"{error}; nothing is overwritten"
    except OSError as error:
        fault = f"cannot make {name}: {error.strerror or error}"
    raise click.BadParameter(fault, param_hint="--pictures")


def _measure(course: Course) -> NetworkReport:
    from pdedsl.analysis.network import NoStateError, measure_network
    from pdedsl.results import NetworkReport

    try:
        return NetworkReport(**vars(measure_network(course, say)))
    except NoStateError as error:
        raise Failure(str(error)) from error


def _train(problem: Problem, method: str, **training: Any) -> Course:
    """Train with progress on standard error; the first Ctrl-C ends the training alone."""
    from pdedsl.analysis.network import plan_training, train_keeping_states
    from pdedsl.cli.interrupt import Interrupt
    from pdedsl.cli.live import Live

    with Interrupt("measuring the states so far") as interrupt:
        chosen = plan_training(problem, method, **training)
        say(f"method {chosen.provenance.method}: {chosen.provenance.why}")
        with Live(chosen.budget) as live:
            return train_keeping_states(chosen, live.update, interrupt)


def _draw(report: NetworkReport, folder: Path) -> None:
    say("drawing")
    try:
        written = report.plot(folder)
    except OSError as error:
        raise Failure(f"cannot write {folder}: {error.strerror or error}") from error
    say(f"drawn: {', '.join(path.name for path in written)} in {folder}")
    if report.no_green:
        say(f"no Green's function: {report.no_green}")
