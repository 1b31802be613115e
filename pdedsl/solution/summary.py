"""A solution as plain data: what ``solve --json`` prints and ``run.json`` keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pdedsl.compiler.lowering.held_rows import held_rows, table_of
from pdedsl.ir import OnData
from pdedsl.sema.lints.interpolation import left_out

from .checks.few_integrals import few_integrals
from .checks.trivial_solution import trivial_solution
from .estimating import as_data

if TYPE_CHECKING:
    from pdedsl.ir import Problem

    from .solution import Provenance, Solution
    from .watching import Moment

_MANY = 10.0  # spare data, from which 95 % lie within 2.3 deviations; a choice


def summary(solution: Solution) -> dict[str, Any]:
    """The dictionary; see the command-line reference for its keys."""
    outcome, how = solution.outcome, solution.provenance
    return origin(solution.problem, how) | {
        "parameters": int(solution.theta.numel()),
        "status": solution.status,
        "ended": outcome.status,
        "reason": outcome.reason,
        "usable": solution.usable,
        "failure": solution.failure,
        "iterations": outcome.iterations,
        "seconds": dict(how.seconds),
        "loss": outcome.loss,
        "fresh_loss": solution.fresh_loss,
        "overfitted": solution.overfitted,
        "points_overfitted": solution.points_overfitted,
        "laws": dict(outcome.laws),
        "fresh_laws": {label: own.rms for label, own in solution.misfits.items()},
        "laws_relative": {label: own.relative for label, own in solution.misfits.items()},
        "accept": solution.accept,
        "estimators": solution.estimators,
        "exact_laws": solution.system.exact_losses(solution.theta),
        "soft_laws": dict(solution.system.soft_laws),
        "notes": notes(solution),
        "errors": solution.errors,
        "estimate": as_data(solution.estimate),
        "bound": None if solution.bound is None else asdict(solution.bound),
        "outputs": outputs(solution),
        "unknowns": solution.numbers,
        "unknown_errors": solution.number_errors,
        "unknown_deviations": solution.number_deviations,
        "unknown_correlations": _correlations(solution),
        "unknown_combination": _combination(solution),
        "field_deviations": solution.field_deviations,
        "chi_squares": [asdict(own) for own in solution.uncertainty.chi_squares],
        "held_out": [asdict(own) for own in solution.held_out],
        # Without the laws, which ``history.csv`` holds.
        "history": [
            {"seconds": p.seconds, "iteration": p.iteration, "loss": p.loss, "rel_l2": p.rel_l2}
            for p in outcome.history
        ],
        "watched": _watched(solution.moments),
        "run": str(solution.run) if solution.run is not None else None,
    }


def outputs(solution: Solution) -> dict[str, dict[str, Any]]:
    """By name the value of each output, where it is taken, and the errors that are known of it."""
    estimates = solution.output_estimates
    return {
        name: own.data | ({"estimate": estimates[name]} if name in estimates else {})
        for name, own in solution.outputs.items()
    }


def _watched(moments: Sequence[Moment]) -> dict[str, Any] | None:
    """How many moments of the training were measured, and what was left out with the reason."""
    if not moments:
        return None
    left_out = {kind: why for moment in moments for kind, why in moment.left_out.items()}
    return {"moments": len(moments), "left_out": left_out}


def origin(problem: Problem, how: Provenance) -> dict[str, Any]:
    """What a run started from: the problem, the method, and how it was carried out."""
    return {
        "problem": problem.title,
        "file": problem.source.name,
        "spec_sha256": spec_sha256(problem.source.text),
        "params": {p.symbol.name: p.value for p in problem.parameters},
        "overrides": dict(problem.overrides),
        "units": dict(problem.units),
        "method": how.method,
        "why": how.why,
        "settings": how.settings,
        "seed": how.seed,
        "device": how.device,
        "dtype": how.dtype,
        "threads": how.threads,
        "agreement": None if how.agreement is None else asdict(how.agreement),
    }


def _correlations(solution: Solution) -> list[dict[str, Any]]:
    """Of the numbers of a fit, each two of them once."""
    found = solution.uncertainty.correlations
    return [{"numbers": list(names), "correlation": own} for names, own in found.items()]


def _combination(solution: Solution) -> dict[str, Any] | None:
    """What is fixed of numbers that are known far worse one by one."""
    found = solution.uncertainty.combination
    return None if found is None else asdict(found) | {"numbers": list(found.numbers)}


def notes(solution: Solution) -> list[str]:
    """What a user should know of the form of the equations, and of the parts of a split domain."""
    division = solution.system.problem.division
    found = [] if division is None else list(division.notes)
    texts = few_integrals(solution.system), trivial_solution(solution) if solution.finite else None
    bounds = (
        f"{name} came to a bound, and what is said of others holds with it there"
        for name in solution.uncertainty.at_bounds
    )
    below = (
        f"sigma of {own.label} is too large: the data are met {1 / own.times:.3g} times better "
        f"than their stated noise (chi² = {own.value:.4g} of {own.degrees_of_freedom:.4g})"
        for own in solution.uncertainty.chi_squares
        if own.is_below and own.times
    )
    found += [*left_out(solution.problem), *_rows_at_random(solution), *_few_spare(solution)]
    return [*found, *(text for text in texts if text is not None), *bounds, *below]


def _few_spare(solution: Solution) -> Iterator[str]:
    """A sentence for each fit whose noise few data tell, beyond those that are followed."""
    from scipy.stats import t as student

    found = solution.uncertainty
    for label, spare in found.spare.items():
        if not solution.problem.numbers or found.undetermined is not None or spare >= _MANY:
            continue
        if spare < 0.5:
            yield f"{label} has no data beyond those that are followed, which would tell its noise"
            continue
        times = float(student.ppf(0.975, spare))
        many = "1 datum" if spare < 1.5 else f"{spare:.0f} data"
        yield (
            f"the noise of {label} is told by {many} beyond those that are followed: 95 % lie "
            f"within {times:.1f} deviations"
        )


def _rows_at_random(solution: Solution) -> Iterator[str]:
    """A sentence for each fit that was trained on a part of the rows that are not held out."""
    system = solution.system
    for block in system.blocks:
        place = system.problem.law(block.label).place
        if not isinstance(place, OnData):
            continue
        rows = table_of(system.problem, place).rows
        whole = rows - len(held_rows(rows))
        if block.map.points < whole:
            yield (
                f"{block.label} is fitted to {block.map.points} rows of {place.table} at random, "
                f"of {whole}"
            )


def spec_sha256(text: str) -> str:
    """Hash of the text of a spec in UTF-8, as ``sha256sum`` gives it for the file."""
    from hashlib import sha256

    return sha256(text.encode("utf-8")).hexdigest()


def data_files(problem_source: str, paths: Iterable[str]) -> dict[str, Path]:
    """Data files below the spec's own folder, by their path in the spec."""
    base = Path(problem_source).parent
    return {
        path: base / path
        for path in sorted(set(paths))
        if not Path(path).is_absolute() and ".." not in Path(path).parts and (base / path).is_file()
    }
