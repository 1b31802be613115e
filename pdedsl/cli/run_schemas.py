"""Schemas of what ``--json`` prints of runs: their results, lists and comparisons."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, RootModel
from pydantic import Field as About

Number = float | None
"""NaN and infinities are null."""


class Object(BaseModel):
    """An object with the keys that are named, and no others."""

    model_config = ConfigDict(extra="forbid")


class Moment(Object):
    """One entry of the history of a training."""

    seconds: float
    iteration: int
    loss: Number
    rel_l2: Number = About(description="largest relative L2 error, where it is known")


class FieldError(Object):
    """Error of a field, known from an exact solution or a reference."""

    rel_l2: Number
    linf: Number
    absolute: bool = About(False, description="whether rel_l2 is absolute: the field is zero")


class EstimatedError(Object):
    """Estimated L2 error of a field, where nobody knows the solution."""

    l2: Number
    relative: Number
    lower: Number = None
    upper: Number = None


class Estimate(Object):
    """Estimated errors of all fields."""

    fields: dict[str, EstimatedError]
    left: Number = About(description="part of the residual that the estimate does not explain")
    reason: str = About(description="why there is none, else empty")
    at_rounding: bool


class ChiSquare(Object):
    """Squares of what a fit leaves of its data, in units of the noise that is stated of them."""

    label: str
    rows: int
    value: Number
    degrees_of_freedom: Number = About(description="rows less the data that parameters can follow")
    p_value: Number = About(description="probability of a larger value")
    known: bool = About(description="whether what parameters can follow is known")


class Origin(Object):
    """Problem, method and seed; see `pdedsl.solution.summary.origin`."""

    problem: str
    file: str
    spec_sha256: str
    params: dict[str, Number]
    overrides: dict[str, Number]
    units: dict[str, str] = About(description="of names, where the spec has units; of the SI")
    method: str
    why: str
    settings: dict[str, Any]
    seed: int
    device: str
    dtype: str
    threads: int | None
    agreement: dict[str, Any] | None
    parameters: int


class Combination(Object):
    """Of numbers of a fit, one standard deviation each."""

    numbers: list[str]
    text: str
    value: Number
    deviation: Number


class Solve(Origin):
    """``pdedsl solve --json``, and ``run.json`` of a run folder."""

    status: str = About(description="converged, budget, inaccurate, not unique, …")
    ended: str
    reason: str
    usable: bool
    failure: str | None
    iterations: int
    seconds: dict[str, Number]
    loss: Number
    fresh_loss: Number
    overfitted: bool
    points_overfitted: bool
    laws: dict[str, Number] = About(description="root mean square residual by label")
    fresh_laws: dict[str, Number]
    laws_relative: dict[str, Number]
    accept: float
    estimators: dict[str, Any]
    exact_laws: dict[str, Any]
    soft_laws: dict[str, Any]
    notes: list[str]
    errors: dict[str, FieldError] | None
    estimate: Estimate | None
    bound: dict[str, Any] | None
    outputs: dict[str, dict[str, Any]]
    unknowns: dict[str, Number]
    unknown_errors: dict[str, Any] | None
    unknown_deviations: dict[str, Any] | None
    unknown_correlations: list[dict[str, Any]] | None = None
    unknown_combination: Combination | None = About(
        default=None, description="what is fixed of numbers that are known far worse one by one"
    )
    field_deviations: dict[str, Number] | None = None
    chi_squares: list[ChiSquare] = About(
        default=[], description="of each fit that states its noise with sigma"
    )
    held_out: list[dict[str, Any]]
    history: list[Moment]
    watched: dict[str, Any] | None
    run: str | None


class ComparedRun(Solve):
    """A run beside others, with the difference of its fields from those of the first."""

    differences: dict[str, dict[str, Any]]


class Compare(RootModel[list[Solve] | list[ComparedRun]]):
    """``pdedsl compare --json``: one entry for each method, or for each run."""


class RunEntry(Object):
    """One run folder; see `pdedsl.runs.entries.Entry`."""

    run: str
    problem: str
    method: str
    status: str
    error: Number
    estimate: Number
    iterations: int | None
    seconds: Number
    date: str
    resumable: bool


class SweepCase(Object):
    """One case of a sweep."""

    values: dict[str, Number] = About(description="of the parameters that vary")
    seed: int
    run: str | None
    status: str = About(description="as of a run; not begun where a sweep was broken off")
    usable: bool
    failure: str | None
    error: Number = About(description="the largest relative L2 error of a field, where known")
    estimate: Number = About(description="the largest estimate of it")
    seconds: Number
    unknowns: dict[str, Number]
    outputs: dict[str, Number]


class Sweep(RootModel[list[SweepCase]]):
    """``pdedsl sweep --json``."""


class Runs(RootModel[list[RunEntry]]):
    """``pdedsl runs --json``."""
