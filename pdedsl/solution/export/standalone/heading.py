"""What a stand-alone file says of the solution that it holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import fill
from typing import TYPE_CHECKING

from pdedsl.runs.versions import versions

from ...facts import facts

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution

_WIDTH = 96


def heading(solution: Solution, signatures: Sequence[str], usage: str) -> str:
    """The docstring of the file, with its quotes."""
    text = "\n".join(about(solution, signatures, usage)).replace("\\", "\\\\")
    return '"""' + text.replace('"""', '\\"\\"\\"') + '\n"""\n'


def about(solution: Solution, signatures: Sequence[str], usage: str) -> Iterator[str]:
    """Lines on the problem, the method, the errors, the seed, and how the file is used."""
    problem, how = solution.problem, solution.provenance
    yield f"{problem.title}: {', '.join(signatures)}"
    yield ""
    yield f"Written by pdedsl {versions()['pdedsl']}, which the file does not need."
    yield ""
    yield from (fill(f"{label}: {text}", _WIDTH) for label, text in facts(solution))
    yield f"precision: {how.dtype}"
    if parameters := {p.symbol.name: p.value for p in problem.parameters if p.value is not None}:
        yield fill("parameters: " + ", ".join(f"{n} = {v}" for n, v in parameters.items()), _WIDTH)
    if units := {n: u for n, u in problem.units if u != "1"}:
        yield fill("units: " + ", ".join(f"{n} in {u}" for n, u in units.items()), _WIDTH)
    yield "Beyond the domain the functions have values, which mean nothing."
    yield ""
    yield f"    {usage}"
    yield ""
    yield "The problem:"
    yield ""
    yield from (f"    {line}".rstrip() for line in problem.source.text.rstrip().splitlines())
