"""Whether a process is at work in a run folder: the lock of the folder, which ends with it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .folder import RunFolder

try:
    import fcntl
except ImportError:  # Windows, where folders cannot be locked
    fcntl = None  # type: ignore[assignment]


class Claim:
    """The lock of a folder, held until `release` or the end of the process, however it ends.

    Where the file system has no locks, nothing is locked.
    """

    def __init__(self, path: Path) -> None:
        self._handle = _locked(path)

    def release(self) -> None:
        """Let others work in the folder."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)


@contextmanager
def claimed(folder: RunFolder | None) -> Iterator[None]:
    """Hold the lock of a run folder in the block; of none where there is none.

    Raises:
        BlockingIOError: another process holds it.
    """
    claim = None if folder is None else Claim(folder.path)
    try:
        yield
    finally:
        if claim is not None:
            claim.release()


def is_claimed(path: Path) -> bool:
    """Whether a process holds the lock of a folder."""
    try:
        handle = _locked(path)
    except BlockingIOError:
        return True
    if handle is not None:
        os.close(handle)
    return False


def _locked(path: Path) -> int | None:
    """An open handle of a folder that holds its lock; None where there are no locks.

    Raises:
        BlockingIOError: another handle holds it.
    """
    if fcntl is None:
        return None
    handle = None
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
    if handle is None:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise
    except OSError:  # a file system without locks
        os.close(handle)
        return None
    return handle
