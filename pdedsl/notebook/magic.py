"""``%%pde``: a cell that holds a spec, checked and, where that is asked for, solved."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from typing import Any

from pdedsl.api import check, solve
from pdedsl.diagnostics import render

from .live import LiveCurve

_USAGE = "%%pde [NAME] [--budget SECONDS] [--method METHOD] [--set NAME=NUMBER]"


@dataclass(frozen=True)
class Wish:
    """What the line of a cell asks for.

    Args:
        name: of the variable that the result goes to.
        budget: seconds; None to check alone, unless a method is named.
        method: a preset or a file; None for ``auto``.
        params: values of parameters.
    """

    name: str | None
    budget: float | None
    method: str | None
    params: dict[str, float]

    @property
    def solves(self) -> bool:
        """Whether the spec is to be solved."""
        return self.budget is not None or self.method is not None


def read_wish(line: str) -> Wish:
    """Read the line behind ``%%pde``.

    Raises:
        ValueError: it is not of the form of the usage.
    """
    name, budget, method = None, None, None
    params: dict[str, float] = {}
    words = iter(shlex.split(line))
    for word in words:
        key, _, given = word.partition("=") if word.startswith("--") else (word, "", "")
        if not key.startswith("--"):
            if name is not None or not key.isidentifier():
                raise ValueError(f"{word!r} is not understood; write {_USAGE}")
            name = key
            continue
        value = given or next(words, "")
        try:
            if key == "--budget":
                budget = float(value)
            elif key == "--set":
                parameter, _, number = value.partition("=")
                params[parameter.strip()] = float(number)
            elif key == "--method" and value:
                method = value
            else:
                raise ValueError
        except ValueError:
            raise ValueError(f"{word} {value} is not understood; write {_USAGE}") from None
    return Wish(name, budget, method, params)


def pde(line: str, cell: str) -> Any:
    """Check the spec of a cell, show what is wrong, and solve it where the line asks for that.

    The variable that is named holds the `Solution`, or else the `Problem`, which is the value of
    the cell as well. Nothing is assigned where the spec is at fault.

    Args:
        line: see `read_wish`.
        cell: the spec.
    """
    from IPython import get_ipython

    try:
        wish = read_wish(line)
    except ValueError as error:
        print(error, file=sys.stderr)
        return None
    problem, report, source = check(cell + "\n\n", wish.params or None)
    for diagnostic in report:
        print(render(diagnostic, source), file=sys.stderr)
    if problem is None:
        return None
    found: Any = problem
    if wish.solves:
        with LiveCurve() as curve:
            found = solve(problem, wish.method or "auto", wish.budget, on_progress=curve.add)
    shell = get_ipython()
    if wish.name is not None and shell is not None:
        shell.user_ns[wish.name] = found
    return found
