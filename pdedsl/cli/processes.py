"""Solving by several processes: those that the command starts, or those of ``torchrun``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from .failure import Failure


class LostProcess(Failure):
    """A process of a solve has ended; what was made is in the run folder."""


processes_option = click.option(
    "--processes",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="N",
    help="Share the points between N processes, which share the cores of this machine.",
)


def serves() -> bool:
    """Whether ``torchrun`` started this process to take orders of another; true once it has."""
    if int(os.environ.get("RANK", "0")) == 0 or int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return False
    from pdedsl.ranks.starting import serve

    serve()
    return True


@contextmanager
def sharing_with(processes: int, folder: Path) -> Iterator[None]:
    """Have systems that are built in the block shared by so many processes, this one among them.

    Args:
        processes: how many to start, this one among them; ``torchrun`` has started its own.
        folder: of the run, for the message where a process is lost.

    Raises:
        LostProcess: a process has ended.
    """
    if processes == 1 and int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield
        return
    from pdedsl.ranks.group import LostRankError
    from pdedsl.ranks.starting import group_of

    try:
        with group_of(processes):
            yield
    except LostRankError as error:
        raise LostProcess(
            f"{error}; what was made until the last checkpoint is in {folder}: "
            f"pdedsl resume {folder} --processes {max(2, processes)} goes on with it, "
            "with as many processes as you like"
        ) from error
