"""A server of the Model Context Protocol: language models check, solve and evaluate by tools.

Every tool is a command of the command line in a process of its own, so that it answers with the
same JSON, can be given up, and cannot harm the server.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from mcp.server.mcpserver import MCPServer

from pdedsl.guide import template
from pdedsl.syntax.package_data import grammar_file

_PATIENCE = 120.0
"""Seconds that a command may take beside a budget: imports and pictures on a busy machine."""

_ABOUT = """Solves differential equations that are written as mathematics in .pde files. Read the
resource pdedsl://language, or start from the tool `new`; check a text until `ok` is true, writing
what the mends say, and solve it then. A solution whose `usable` is false is told with its reason in
`failure`: do not use its numbers."""


def make_assistant() -> MCPServer[Any]:
    """The server with its tools."""
    server: MCPServer[Any] = MCPServer("pdedsl", version=version("pdedsl"), instructions=_ABOUT)
    for tool in (check, analyze, solve, evaluate, list_choices, explain, new):
        server.tool(name=_NAMES.get(tool.__name__))(tool)

    @server.resource("pdedsl://language", mime_type="text/markdown")
    def language() -> str:
        """The reference of the language: statements, expressions, sets, places, diagnostics."""
        return grammar_file("README.md")

    return server


_NAMES = {"evaluate": "eval", "list_choices": "list"}


async def check(spec: str, params: dict[str, float] | None = None) -> dict[str, Any]:
    """Check a problem and say what is wrong or doubtful in it, where, and what to write instead.

    spec: the text of a .pde file, or the path of one (needed where it reads tables).
    params: values in place of those of its parameters.
    """
    return await _run(["check"], spec, _set(params))


async def analyze(spec: str, modes: int | None = None) -> dict[str, Any]:
    """Tell the operator of a problem: its type, order, adjoint and symbol, and its conditioning.

    spec: the text of a .pde file, or the path of one.
    modes: the highest wave number of the linear model.
    """
    return await _run(["analyze"], spec, ["--modes", str(modes)] if modes else [])


async def solve(
    spec: str, budget: float = 30, method: str = "auto", params: dict[str, float] | None = None
) -> dict[str, Any]:
    """Solve a problem, save the run in the folder `runs`, and tell how far it can be trusted.

    spec: the text of a .pde file, or the path of one.
    budget: seconds.
    method: auto, or a preset.
    params: values in place of those of its parameters.
    """
    options = ["--budget", str(budget), "--method", method, "--no-plots", *_set(params)]
    found = await _run(["solve"], spec, options, budget)
    return {key: value for key, value in found.items() if key not in ("history", "settings")}


async def evaluate(
    run: str, at: list[dict[str, float]] | None = None, fields: list[str] | None = None
) -> dict[str, Any]:
    """Evaluate a solution of `solve` at points, or, without points, its outputs.

    run: its folder, such as runs/problem-001.
    at: points by coordinates, such as {"x": 0.5, "t": 1}.
    fields: fields and derivatives, such as u or u_xx; all fields where none are given.
    """
    options = []
    for point in at or ():
        options += ["--at", ",".join(f"{name}={value!r}" for name, value in point.items())]
    for field in fields or ():
        options += ["--field", field]
    return await _run(["eval"], None, [run, *options])


async def list_choices(
    what: Literal["models", "optimizers", "rules", "presets", "codes"],
) -> dict[str, Any]:
    """List what there is to choose from: models, optimizers, rules, presets, or codes."""
    return await _run(["list"], None, [what])


async def explain(code: str) -> dict[str, Any]:
    """Explain the code of a diagnostic, such as E104, with an example and its mend."""
    return await _run(["explain"], None, [code])


def new(kind: str | None = None) -> dict[str, Any]:
    """Give a complete .pde file of a kind of problem to start from; without a kind, the kinds."""
    from pdedsl.guide import TEMPLATES

    if kind is None or kind not in TEMPLATES:
        return {"kinds": TEMPLATES}
    return {"kind": kind, "text": template(kind)}


def _set(params: dict[str, float] | None) -> list[str]:
    return [part for name, value in (params or {}).items() for part in ("--set", f"{name}={value}")]


async def _run(
    command: list[str], spec: str | None, options: list[str], budget: float = 0.0
) -> dict[str, Any]:
    """What a command says with ``--json``; where it says none, its last words."""
    with tempfile.TemporaryDirectory() as folder:
        files = [] if spec is None else [_file(spec, Path(folder))]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "pdedsl", *command, *files, *options, "--json",
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            out, said = await asyncio.wait_for(process.communicate(), 1.2 * budget + _PATIENCE)
        except TimeoutError:
            return {"status": "failed", "reason": "it took too long and was given up"}
        finally:
            if process.returncode is None:
                process.kill()
    try:
        found = json.loads(out)
    except ValueError:
        lines = said.decode("utf-8", "replace").strip().splitlines()
        return {"status": "failed", "reason": "\n".join(lines[-3:])}
    return found if isinstance(found, dict) else {"results": found}


def _file(spec: str, folder: Path) -> str:
    """The path of a spec: its own, or that of a new file where the text is given."""
    if "\n" not in spec.strip() and spec.strip().endswith(".pde"):
        return spec.strip()
    path = folder / "problem.pde"
    path.write_text(spec, encoding="utf-8")
    return str(path)
