"""What every solving command does: read the spec, choose the method, train."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .console import say, show_diagnostics

if TYPE_CHECKING:
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
    settings: tuple[tuple[str, str], ...],
    model: str | None,
    compiled: bool = False,
    iterations: int | None,
    budget: float | None,
    seed: int,
    dtype: str | None,
    device: str | None,
    threads: int | None,
    quiet: bool,
) -> Solution:
    """Choose the method, say so, and train with progress and Ctrl-C in hand."""
    from pdedsl.results import Solution
    from pdedsl.solution.planning import plan
    from pdedsl.solution.solving import solve_with

    from .choosing import Choosing
    from .interrupt import Interrupt
    from .live import Live

    short = [("model.kind", model)] if model else []
    short += [("derivatives.compile", "true")] if compiled else []
    with Interrupt() as interrupt:
        chosen = plan(
            problem,
            method,
            budget=budget,
            settings=(*short, *settings),
            iterations=iterations,
            seed=seed,
            dtype=dtype,
            device=device,
            threads=threads,
            notify=Choosing(quiet).update,
            should_stop=interrupt,
        )
        if not quiet:
            say(f"method {chosen.provenance.method}: {chosen.provenance.why}")
            if chosen.method.derivatives.compile and chosen.method.model.kind == "basis":
                say("compile: without effect, because a basis has no layers to be compiled")
        with Live(chosen.budget, quiet) as live:
            solution = solve_with(
                chosen,
                folder=folder,
                on_progress=live.update,
                should_stop=interrupt,
            )
    return Solution.of(solution)
