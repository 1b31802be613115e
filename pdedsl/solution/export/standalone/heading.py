"""What a stand-alone file says of the solution that it holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import fill
from typing import TYPE_CHECKING

from pdedsl.runs.versions import versions

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution

_WIDTH = 96


def heading(solution: Solution, signatures: Sequence[str], usage: str) -> str:
    """The docstring of the file, with its quotes."""
    text = "\n".join(facts(solution, signatures, usage)).replace("\\", "\\\\")
    return '"""' + text.replace('"""', '\\"\\"\\"') + '\n"""\n'


def facts(solution: Solution, signatures: Sequence[str], usage: str) -> Iterator[str]:
    """Lines on the problem, the method, the errors, the seed, and how the file is used."""
    problem, how = solution.problem, solution.provenance
    yield f"{problem.title}: {', '.join(signatures)}"
    yield ""
    yield f"Written by pdedsl {versions()['pdedsl']}, which the file does not need."
    yield ""
    yield fill(f"Method: {how.method}. {how.why}".strip(), _WIDTH)
    yield f"Seed: {how.seed}. Precision: {how.dtype}."
    yield fill(f"Outcome: {solution.status}. {solution.failure or ''}".strip(), _WIDTH)
    yield from errors(solution)
    if parameters := {p.symbol.name: p.value for p in problem.parameters if p.value is not None}:
        yield fill("Parameters: " + ", ".join(f"{n} = {v}" for n, v in parameters.items()), _WIDTH)
    if solution.numbers:
        found = ", ".join(f"{name} = {value!r}" for name, value in solution.numbers.items())
        yield fill(f"Unknown numbers: {found}", _WIDTH)
    yield "Beyond the domain the functions have values, which mean nothing."
    yield ""
    yield f"    {usage}"
    yield ""
    yield "The problem:"
    yield ""
    yield from (f"    {line}".rstrip() for line in problem.source.text.rstrip().splitlines())


def errors(solution: Solution) -> Iterator[str]:
    """What is known of the errors, by field."""
    estimate = solution.estimate
    if estimate is None:
        yield "Error: not estimated."
    elif not estimate.fields:
        yield fill(f"Error: not estimated: {estimate.reason}", _WIDTH)
    else:
        for name, own in estimate.fields.items():
            level = ", at the level of rounding" if estimate.at_rounding else ""
            yield f"Error of {name}: about {own.relative:.2g} of its size, by an estimate{level}."
    for name, known in (solution.errors or {}).items():
        size = "in all" if known.get("absolute") else "of its size"
        yield f"Error of {name}: {known['rel_l2']:.2g} {size}, against what the problem says it is."
