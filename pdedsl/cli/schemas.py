"""What every command prints with ``--json``, as models: their JSON schemas are published.

`VERSION` grows when a key is removed or changes its meaning; keys may be added without.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, RootModel
from pydantic import Field as About

VERSION = 1
"""Of all schemas together."""

Number = float | None
"""NaN and infinities are null."""


class _Object(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Place(_Object):
    """Lines and columns count from 1; null where the whole file is meant."""

    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None


class Remark(Place):
    """A second place that a diagnostic speaks of."""

    message: str


class Finding(Place):
    """One diagnostic."""

    file: str
    code: str = About(pattern=r"^[EL]\d{3}$", description="`pdedsl explain CODE` tells more")
    severity: str = About(pattern="^(error|lint)$")
    message: str
    mend: str | None = About(description="what to write instead")
    notes: list[Remark]


class CheckedFile(_Object):
    """What was found in one file."""

    file: str
    ok: bool
    problem: str | None = About(description="the title; null where there are errors")
    laws: int | None
    unknowns: int | None
    notes: list[str]
    diagnostics: list[Finding]


class Check(_Object):
    """``pdedsl check --json``."""

    ok: bool
    files: list[CheckedFile]


class Rejected(_Object):
    """What any command prints with ``--json`` where the file or the method is at fault."""

    status: str = About(pattern="^rejected$")
    reason: str
    diagnostics: list[Finding]


class Failed(_Object):
    """What any command prints with ``--json`` where it cannot do its work."""

    status: str = About(pattern="^failed$")
    reason: str


class Show(_Object):
    """``pdedsl show --json``."""

    file: str
    stage: str
    text: str


class Moment(_Object):
    """One entry of the history of a training."""

    seconds: float
    iteration: int
    loss: Number
    rel_l2: Number = About(description="largest relative L2 error, where it is known")


class FieldError(_Object):
    """Error of a field, known from an exact solution or a reference."""

    rel_l2: Number
    linf: Number
    absolute: bool = About(False, description="whether rel_l2 is absolute: the field is zero")


class EstimatedError(_Object):
    """Estimated L2 error of a field, where nobody knows the solution."""

    l2: Number
    relative: Number
    lower: Number = None
    upper: Number = None


class Estimate(_Object):
    """Estimated errors of all fields."""

    fields: dict[str, EstimatedError]
    left: Number = About(description="part of the residual that the estimate does not explain")
    reason: str = About(description="why there is none, else empty")
    at_rounding: bool


class ChiSquare(_Object):
    """Squares of what a fit leaves of its data, in units of the noise that is stated of them."""

    label: str
    rows: int
    value: Number
    degrees_of_freedom: Number = About(description="rows less the data that parameters can follow")
    p_value: Number = About(description="probability of a larger value")
    known: bool = About(description="whether what parameters can follow is known")


class Solve(_Object):
    """``pdedsl solve --json``, and ``run.json`` of a run folder."""

    problem: str
    file: str
    spec_sha256: str
    params: dict[str, Number]
    overrides: dict[str, Number]
    method: str
    why: str
    settings: dict[str, Any]
    seed: int
    device: str
    dtype: str
    threads: int | None
    agreement: dict[str, Any] | None
    parameters: int
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


class RunEntry(_Object):
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


class SweepCase(_Object):
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


class EvalColumns(_Object):
    """``pdedsl eval --json`` at points: by name the values, one for each point."""

    run: str
    columns: dict[str, list[Number]]


class EvalOutputs(_Object):
    """``pdedsl eval --json`` without points: the outputs of the file."""

    run: str
    outputs: dict[str, dict[str, Any]]


class Eval(RootModel[EvalColumns | EvalOutputs]):
    """``pdedsl eval --json``."""


class OperatorOf(_Object):
    """The equations of one domain."""

    place: str
    laws: list[str]
    linear: bool
    order: int
    operator: str
    adjoint: str
    dstard: str
    symbol: str
    squared: str
    latex: dict[str, str]
    type: str
    type_reason: str
    type_parts: list[dict[str, Any]]


class Analyze(_Object):
    """``pdedsl analyze --json``, without ``--network``."""

    problem: str
    spec_sha256: str
    params: dict[str, Number]
    linear: bool
    linearised_at: str | None
    order: int | None
    type: str | None
    operator: str | None
    adjoint: str | None
    dstard: str | None
    symbol: str | None
    domains: list[OperatorOf]
    basis: dict[str, Any] | None
    kappa: dict[str, Any] | None
    kappa_preconditioned: dict[str, Any] | None
    gd_steps: dict[str, Any] | None
    obstacle: str | None
    recommendation: dict[str, Any]
    verification: dict[str, Any] | None


class AnalyzeNetwork(_Object):
    """``pdedsl analyze --network METHOD --json``."""

    problem: str
    file: str
    spec_sha256: str
    params: dict[str, Number]
    overrides: dict[str, Number]
    method: str
    why: str
    settings: dict[str, Any]
    seed: int
    device: str
    dtype: str
    threads: int | None
    agreement: dict[str, Any] | None
    parameters: int
    rows: dict[str, Any]
    weights: dict[str, Number]
    notes: list[str]
    training: dict[str, Any]
    states: list[dict[str, Any]]
    coupled: dict[str, Any] | None
    spectrum: dict[str, Any]
    hessian: list[dict[str, Any]]
    gradients: dict[str, Any]
    drift: dict[str, Any]
    comparison: dict[str, Any] | None


Kind = Literal["models", "optimizers", "rules", "presets", "specs", "codes"]


class Listing(
    RootModel[Annotated[dict[Kind, list[dict[str, str]]], About(min_length=1, max_length=1)]]
):
    """``pdedsl list KIND --json``: the entries of one kind under its name."""


class Preset(_Object):
    """``pdedsl list presets NAME --json``."""

    preset: str
    text: str


class List(RootModel[Listing | Preset]):
    """``pdedsl list --json``."""


class ExplainedCode(_Object):
    """One code of a diagnostic; see `pdedsl.guide.Explanation`."""

    code: str
    title: str
    means: str
    wrong: str
    mended: str
    file: str
    command: str
    mended_command: str
    files: dict[str, str]


class Explain(RootModel[ExplainedCode | list[ExplainedCode]]):
    """``pdedsl explain --json``: one object, or a list for several codes."""


class Template(_Object):
    """``pdedsl new KIND --json``."""

    kind: str
    text: str


class Templates(_Object):
    """``pdedsl new --json``."""

    templates: list[dict[str, str]]


class New(RootModel[Template | Templates]):
    """``pdedsl new --json``."""


SCHEMAS: dict[str, type[BaseModel]] = {
    "check": Check,
    "show": Show,
    "analyze": Analyze,
    "analyze_network": AnalyzeNetwork,
    "solve": Solve,
    "resume": Solve,
    "runs": Runs,
    "sweep": Sweep,
    "compare": Compare,
    "eval": Eval,
    "list": List,
    "explain": Explain,
    "new": New,
    "rejected": Rejected,
    "failed": Failed,
}
"""By command; the last two may come from any of them."""


def schema(name: str) -> dict[str, Any]:
    """The JSON schema of a command's output.

    Raises:
        KeyError: there is none of that name.
    """
    found = SCHEMAS[name].model_json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:pdedsl:{name}:{VERSION}",
        **found,
    }
