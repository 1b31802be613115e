"""Files that are either whole or absent: written beside their place, then moved there.

Files that grow line by line are appended to.
"""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path


def write_bytes(path: Path, content: bytes) -> None:
    """Replace a file in one step; a reader sees the old content or the new, never a part.

    The mode of an existing file is kept, and a symbolic link stays a link to the file that
    is replaced. On failure the old file is untouched and nothing is left beside it.

    Raises:
        OSError: the folder cannot be written to, or the disk is full.
    """
    path = Path(os.path.realpath(path))
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, mode)
        os.replace(name, path)
        _sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def write_text(path: Path, content: str) -> None:
    """`write_bytes` for text in UTF-8, line breaks as they are.

    Raises:
        OSError: the folder cannot be written to, or the disk is full.
    """
    write_bytes(path, content.encode("utf-8"))


def append_text(path: Path, content: str) -> None:
    """Add text in UTF-8 to the end of a file, which is made when missing, and flush it.

    Raises:
        OSError: the folder cannot be written to, or the disk is full; a part may be written.
    """
    with path.open("a", encoding="utf-8", newline="") as stream:
        stream.write(content)


def _sync_folder(path: Path) -> None:
    """Have the new name outlive a power cut, where the system can say so of folders."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _umask() -> int:
    value = os.umask(0)
    os.umask(value)
    return value
