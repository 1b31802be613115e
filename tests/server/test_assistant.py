"""The tools for language models, through the protocol with the official client."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

from tests.conftest import ROOT

GOOD = "domain Omega: x in [0, 1]\nunknown u(x)\neq: u_xx = 2\nbc: u = 0  on boundary\n"


async def talk(folder: Path) -> dict[str, Any]:
    """A whole conversation: what each tool answered."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    parameters = StdioServerParameters(
        command=sys.executable, args=["-m", "pdedsl", "mcp"], env=environment, cwd=folder
    )
    async with (
        stdio_client(parameters) as (reading, writing),
        ClientSession(reading, writing) as client,
    ):
        await client.initialize()

        async def call(name: str, **arguments: Any) -> Any:
            result = await client.call_tool(name, arguments)
            assert not result.is_error, result.content
            return result.structured_content

        answers = {"tools": {tool.name for tool in (await client.list_tools()).tools}}
        answers["bad"] = await call("check", spec=GOOD.replace("= 2", "= 2 u"))
        answers["good"] = await call("check", spec=GOOD)
        answers["analyze"] = await call("analyze", spec=GOOD, modes=3)
        answers["solve"] = await call("solve", spec=GOOD, budget=10)
        run = answers["solve"]["run"]
        answers["eval"] = await call("eval", run=run, at=[{"x": 0.5}], fields=["u", "u_x"])
        answers["lost"] = await call("eval", run="runs/nothing", at=[{"x": 0.5}])
        answers["list"] = await call("list", what="presets")
        answers["explain"] = await call("explain", code="E104")
        answers["unknown"] = await call("explain", code="E999")
        answers["new"] = await call("new", kind="heat")
        (page,) = (await client.read_resource("pdedsl://language")).contents
        answers["language"] = page.text
        return answers


def test_a_conversation(tmp_path: Path) -> None:
    answers = asyncio.run(asyncio.wait_for(talk(tmp_path), 300))
    assert answers["tools"] == {"check", "analyze", "solve", "eval", "list", "explain", "new"}
    (found,) = answers["bad"]["files"][0]["diagnostics"]
    assert (found["code"], found["mend"]) == ("E104", "write 2*u")
    assert answers["good"]["ok"]
    assert answers["analyze"]["order"] == 2
    assert answers["solve"]["usable"]
    assert (tmp_path / answers["solve"]["run"] / "run.json").is_file()
    columns = answers["eval"]["columns"]
    assert abs(columns["u"][0] + 0.25) < 1e-12
    assert abs(columns["u_x"][0]) < 1e-12
    assert answers["lost"]["diagnostics"][0]["code"] == "E804"
    assert "lm" in {row["preset"] for row in answers["list"]["presets"]}
    assert answers["explain"]["title"] == "a missing operator between factors"
    assert "no code" in answers["unknown"]["reason"]
    assert "u_t = D*u_xx" in answers["new"]["text"]
    assert answers["language"].startswith("# The `.pde` language")
