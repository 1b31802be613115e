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


def run(
    problem: Problem,
    folder: RunFolder | None,
    *,
    method: str,
    quiet: bool,
    allowance: Allowance | None = None,
    settings: tuple[tuple[str, str], ...] = (),
    model: str | None = None,
    compiled: bool = False,
    watch: bool = False,
    polish: bool = False,
    accept: float | None = None,
    **options: Any,
) -> Solution:
    """Choose the method, say so, and train with progress and Ctrl-C in hand.

    The allowance is what is left of the budget; None where it begins now. Other options are those
    of `pdedsl.solution.planning.plan`.
    """
    from pdedsl.choice.allowance import Allowance
    from pdedsl.results import Solution

    allowance = allowance or Allowance(None)
    # What torch and the schema of methods load stays: there is nothing to collect among it.
    gc.disable()
    import pdedsl.choice.auto  # noqa: F401
    from pdedsl.solution.checks.acceptance import ACCEPT
    from pdedsl.solution.planning import plan
    from pdedsl.solution.solving import solve_with
    from pdedsl.solution.watching import share_of

    gc.freeze()
    gc.enable()

    from .choosing import Choosing
    from .interrupt import Interrupt
    from .live import Live
    from .phases import Phases

    short = [("model.kind", model)] if model else []
    short += [("derivatives.compile", "true")] if compiled else []
    with Interrupt() as interrupt:
        allowance.should_stop = interrupt
        chosen = plan(
            problem,
            method,
            settings=(*short, *settings),
            notify=Choosing(quiet).update,
            allowance=allowance,
            **options,
        )
        if not quiet:
            say(f"method {chosen.provenance.method}: {chosen.provenance.why}")
            if chosen.method.derivatives.compile and chosen.method.model.kind == "basis":
                say("compile: without effect, because a basis has no layers to be compiled")
        with Live(chosen.budget, quiet) as live, Phases(quiet) as phases:
            return Solution.of(
                solve_with(
                    chosen,
                    folder=folder,
                    on_progress=live.update,
                    should_stop=interrupt,
                    watch=share_of(watch),
                    polished=polish,
                    accept=ACCEPT if accept is None else accept,
                    notify=phases.begin,
                )
            )
