"""``pdedsl plot``: draw the pictures of a run anew."""

from __future__ import annotations

from pathlib import Path

import click

from pdedsl.cli.console import emit
from pdedsl.cli.failure import Failure
from pdedsl.cli.options import examples


@click.command("plot", epilog=examples("pdedsl plot runs/helmholtz-001"))
@click.argument("run")
@click.option("--out", metavar="DIR", help="Folder for the pictures (default: RUN/pictures).")
def command(run: str, out: str | None) -> int:
    """Draw the pictures of a saved run."""
    from pdedsl.results import Solution

    solution = Solution.load(run)
    folder = Path(out) if out else Path(run) / "pictures"
    try:
        names = list(solution.plot(folder))
    except OSError as error:
        raise Failure(f"cannot write the pictures to {folder}: {error.strerror}") from error
    for name in names:
        emit(str(folder / f"{name}.png"))
    return 0
