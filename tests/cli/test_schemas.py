"""What every command prints with ``--json`` is what its schema says, and nothing besides."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from pdedsl.cli.program import program
from pdedsl.cli.schemas import SCHEMAS, VERSION

GOOD = (
    'problem "Bar"\ndomain Omega: x in [0, 1]\nunknown u(x)\neq: u_xx = 2\nbc: u = 0  on boundary\n'
)
KNOWN = GOOD + "exact u = x*(x - 1)\noutput middle = u(0.5)\n"
COMMANDS = {
    "check good.pde bad.pde doubtful.pde --json": "check",
    "check missing.pde --json": "check",
    "show good.pde --stage symbol --json": "show",
    "analyze good.pde --modes 3 --json": "analyze",
    "solve good.pde --no-plots --json": "solve",
    "compare known.pde --methods basis_mixed,lm --budget 2 --json": "compare",
    "compare runs/known runs/known --json": "compare",
    "runs --json": "runs",
    "sweep known.pde --seeds 0,1 --budget 10 --json": "sweep",
    "eval runs/known --at x=0.5 --json": "eval",
    "eval runs/known --json": "eval",
    "analyze good.pde --network lm --iterations 2 --json": "analyze_network",
    "list models --json": "list",
    "list optimizers --json": "list",
    "list rules --json": "list",
    "list presets --json": "list",
    "list presets lm --json": "list",
    "list codes --json": "list",
    "explain E104 --json": "explain",
    "explain E104 L101 --json": "explain",
    "new --json": "new",
    "new heat --json": "new",
    "solve bad.pde --json": "rejected",
    "new heat --out good.pde --json": "failed",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("schemas")
    (folder / "good.pde").write_text(GOOD, encoding="utf-8")
    (folder / "bad.pde").write_text(GOOD.replace("= 2", "= 2 u"), encoding="utf-8")
    (folder / "doubtful.pde").write_text(GOOD.replace("boundary", "x = 0"), encoding="utf-8")
    (folder / "known.pde").write_text(KNOWN, encoding="utf-8")
    saved = ["solve", str(folder / "known.pde"), "--no-plots", "--json"]
    result = CliRunner().invoke(program, [*saved, "--out", str(folder / "runs" / "known")])
    SCHEMAS["solve"].model_validate_json(result.stdout, strict=True)
    return folder


@pytest.mark.parametrize(("line", "name"), COMMANDS.items())
def test_outputs_follow_their_schemas(line: str, name: str, place: Path, monkeypatch) -> None:
    monkeypatch.chdir(place)
    result = CliRunner().invoke(program, shlex.split(line))
    assert result.exit_code in (0, 1, 3), result.output
    SCHEMAS[name].model_validate_json(result.stdout, strict=True)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_printed(name: str) -> None:
    result = CliRunner().invoke(program, ["schema", name])
    found = json.loads(result.stdout)
    assert found["$id"] == f"urn:pdedsl:{name}:{VERSION}"
    assert {"properties", "items", "anyOf"} & set(found)
    assert name in CliRunner().invoke(program, ["schema"]).stdout


def test_a_key_that_no_schema_has_is_refused() -> None:
    from pydantic import ValidationError

    with pytest.raises(ValidationError, match="extra"):
        SCHEMAS["failed"].model_validate_json('{"status": "failed", "reason": "", "more": 1}')


def test_an_unknown_schema_gets_the_nearest() -> None:
    result = CliRunner().invoke(program, ["schema", "solv"])
    assert result.exit_code == 2
    assert "did you mean solve?" in result.output
