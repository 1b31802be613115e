"""Options of a run that cannot be had."""

from __future__ import annotations

from typing import NoReturn

from pdedsl.diagnostics import Diagnostic, Source, UserError


def refuse_option(message: str, mend: str | None) -> NoReturn:
    """Refuse an option.

    Raises:
        UserError: E803, always.
    """
    raise UserError([Diagnostic("E803", message, None, mend)], Source("options", ""))
