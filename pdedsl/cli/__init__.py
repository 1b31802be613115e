"""The command line: arguments to calls, and printing. Commands are imported when used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit.

    Exit status: 0 done; 1 the spec or the method is at fault; 2 usage; 3 the solve failed;
    70 a defect of the program.
    """
    from .program import program

    program.main(None if arguments is None else list(arguments), prog_name="pdedsl")
    raise SystemExit(0)


__all__ = ["main"]
