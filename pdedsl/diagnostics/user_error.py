"""The exception for what a user has to mend."""

from __future__ import annotations

from collections.abc import Iterable

from .diagnostic import Diagnostic
from .render import render
from .source import Source


class UserError(Exception):
    """The input is at fault; carries the diagnostics that say how.

    Anything else that is raised is a defect of the program.
    """

    def __init__(self, diagnostics: Iterable[Diagnostic], source: Source) -> None:
        self.diagnostics = tuple(diagnostics)
        self.source = source
        super().__init__(self.diagnostics[0].message if self.diagnostics else "invalid input")

    def __str__(self) -> str:
        return "\n".join(render(d, self.source) for d in self.diagnostics)
