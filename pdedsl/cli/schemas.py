"""What every command prints with ``--json``, as models: their JSON schemas are published.

`VERSION` grows when a key is removed or changes its meaning; keys may be added without.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, RootModel
from pydantic import Field as About

from .run_schemas import Compare, Number, Object, Origin, Runs, Solve, Sweep

VERSION = 1
"""Of all schemas together."""


class Place(Object):
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


class CheckedFile(Object):
    """What was found in one file."""

    file: str
    ok: bool
    problem: str | None = About(description="the title; null where there are errors")
    laws: int | None
    unknowns: int | None
    notes: list[str]
    diagnostics: list[Finding]


class Check(Object):
    """``pdedsl check --json``."""

    ok: bool
    files: list[CheckedFile]


class Rejected(Object):
    """What any command prints with ``--json`` where the file or the method is at fault."""

    status: str = About(pattern="^rejected$")
    reason: str
    diagnostics: list[Finding]


class Failed(Object):
    """What any command prints with ``--json`` where it cannot do its work."""

    status: str = About(pattern="^failed$")
    reason: str


class Show(Object):
    """``pdedsl show --json``."""

    file: str
    stage: str
    text: str


class EvalColumns(Object):
    """``pdedsl eval --json`` at points: by name the values, one for each point."""

    run: str
    columns: dict[str, list[Number]]


class EvalOutputs(Object):
    """``pdedsl eval --json`` without points: the outputs of the file."""

    run: str
    outputs: dict[str, dict[str, Any]]


class Eval(RootModel[EvalColumns | EvalOutputs]):
    """``pdedsl eval --json``."""


class OperatorOf(Object):
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


class Analyze(Object):
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


class AnalyzeNetwork(Origin):
    """``pdedsl analyze --network METHOD --json``."""

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


class Preset(Object):
    """``pdedsl list presets NAME --json``."""

    preset: str
    text: str


class List(RootModel[Listing | Preset]):
    """``pdedsl list --json``."""


class ExplainedCode(Object):
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


class Template(Object):
    """``pdedsl new KIND --json``."""

    kind: str
    text: str


class Templates(Object):
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
