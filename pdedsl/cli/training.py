"""What every solving command does: read the spec, choose the method, train."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

from .console import say, show_diagnostics

if TYPE_CHECKING:
    from pdedsl.choice.allowance import Allowance
    from pdedsl.ir import Problem
    from pdedsl.results import Solution
    from pdedsl.runs import RunFolder
    from pdedsl.solution.planning import Plan
    from pdedsl.solution.saved.request import Request
    from pdedsl.solution.saved.resuming import Resumed

    from .interrupt import Interrupt


def load_and_warn(file: str, params: dict[str, float], quiet: bool) -> Problem:
    """The problem of a file; its lints go to standard error."""
    from pdedsl.api import check
    from pdedsl.diagnostics import UserError

    problem, found, source = check(file, params)
    if problem is None or found.errors:
        raise UserError(tuple(found), source)
    if not quiet:
        show_diagnostics(found.lints, source)
    return problem


def request_of(
    *,
    settings: tuple[tuple[str, str], ...] = (),
    model: str | None = None,
    compiled: bool = False,
    watch: bool = False,
    accept: float | None = None,
    checkpoint_every: int | None = None,
    **options: Any,
) -> Request:
    """What the options of a command ask for; others are those of `Request`."""
    from pdedsl.solution.checks.acceptance import ACCEPT
    from pdedsl.solution.saved.request import Request
    from pdedsl.solution.watching import share_of

    short = [("model.kind", model)] if model else []
    short += [("derivatives.compile", "true")] if compiled else []
    return Request(
        settings=(*short, *settings),
        watch=share_of(watch),
        accept=ACCEPT if accept is None else accept,
        every=checkpoint_every,
        **options,
    )


def run(
    problem: Problem,
    folder: RunFolder | None,
    *,
    quiet: bool,
    allowance: Allowance | None = None,
    request: Request | None = None,
    **options: Any,
) -> Solution:
    """Choose the method, say so, and train with progress and Ctrl-C in hand.

    The allowance is what is left of the budget; None where it begins now. Other options are those
    of `request_of`, in place of a request.
    """
    from pdedsl.choice.allowance import Allowance

    allowance = allowance or Allowance(None)
    # What torch and the schema of methods load stays: there is nothing to collect among it.
    gc.disable()
    from pdedsl.solution.storage import announce

    gc.freeze()
    gc.enable()

    from .choosing import Choosing
    from .interrupt import Interrupt

    request = request or request_of(**options)
    if folder is not None:
        announce(problem, request, folder)
    with Interrupt() as interrupt:
        allowance.should_stop = interrupt
        chosen = request.plan(problem, allowance, Choosing(quiet).update)
        if not quiet:
            say(f"method {chosen.provenance.method}: {chosen.provenance.why}")
            if chosen.method.derivatives.compile and chosen.method.model.kind == "basis":
                say("compile: without effect, because a basis has no layers to be compiled")
        return carry_out(chosen, request, folder, interrupt, quiet)


def carry_out(
    chosen: Plan,
    request: Request,
    folder: RunFolder | None,
    interrupt: Interrupt,
    quiet: bool,
    resumed: Resumed | None = None,
) -> Solution:
    """Train by a plan, with progress and Ctrl-C in hand; see `pdedsl.solution.solving`."""
    from pdedsl.results import Solution
    from pdedsl.solution.solving import solve_with

    from .live import Live
    from .phases import Phases

    with Live(chosen.budget, quiet) as live, Phases(quiet) as phases:
        return Solution.of(
            solve_with(
                chosen,
                request,
                folder=folder,
                resumed=resumed,
                on_progress=live.update,
                should_stop=interrupt,
                notify=phases.begin,
                tell_of_files=lambda text: say(f"pdedsl: {text}"),
            )
        )
