"""Diagnostics as data: what is wrong, where, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from .source import Span

_LONG_NAME = re.compile(r"(\w{60})\w+")


def shortened(text: str) -> str:
    """The text with names of more than 60 letters cut off after these."""
    return _LONG_NAME.sub(r"\1…", text)


class Severity(StrEnum):
    """An error stops the work; a lint says that the problem is probably wrong."""

    ERROR = "error"
    LINT = "lint"


@dataclass(frozen=True, slots=True)
class Note:
    """A second place that a diagnostic speaks of, or a remark without a place."""

    message: str
    span: Span | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", shortened(self.message))


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    Args:
        code: key of `codes.CODES`, such as ``"E104"``.
        message: what was expected and what came, in the user's words; long names are cut off.
        span: the place in the source, or None when the whole file is meant.
        mend: short text set beside the caret, usually what to write instead.
        notes: further places and remarks.
    """

    code: str
    message: str
    span: Span | None = None
    mend: str | None = None
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", shortened(self.message))
        if self.mend is not None:
            object.__setattr__(self, "mend", shortened(self.mend))

    @property
    def severity(self) -> Severity:
        """Lint for codes that start with L, error otherwise."""
        return Severity.LINT if self.code.startswith("L") else Severity.ERROR


class Rejected(Exception):
    """Raised inside a pass to give up one statement; its driver records the diagnostic."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic.message)


def reject(
    code: str,
    message: str,
    span: Span | None,
    mend: str | None = None,
    notes: tuple[Note, ...] = (),
) -> Rejected:
    """The exception that gives up one statement, to be raised by the caller."""
    return Rejected(Diagnostic(code, message, span, mend, notes))


class Report:
    """The diagnostics collected over one run, sorted by place, repeats dropped."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, Span | None], Diagnostic] = {}

    def __repr__(self) -> str:
        counts = (("error", len(self.errors)), ("lint", len(self.lints)))
        texts = (f"{number} {word}{'s' * (number != 1)}" for word, number in counts)
        return f"<Report: {', '.join(texts)}>"

    def add(self, diagnostic: Diagnostic) -> None:
        """Record a diagnostic; the same message at the same place counts once."""
        key = (diagnostic.code, diagnostic.message, diagnostic.span)
        self._found.setdefault(key, diagnostic)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Record several diagnostics."""
        for diagnostic in diagnostics:
            self.add(diagnostic)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(
            sorted(self._found.values(), key=lambda d: (d.span or Span(0, 0), d.code, d.message))
        )

    def __len__(self) -> int:
        return len(self._found)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """Those that stop the work."""
        return tuple(d for d in self if d.severity is Severity.ERROR)

    @property
    def lints(self) -> tuple[Diagnostic, ...]:
        """Those that warn."""
        return tuple(d for d in self if d.severity is Severity.LINT)
