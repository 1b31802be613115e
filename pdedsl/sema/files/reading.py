"""Bytes of the files that a text names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pdedsl.diagnostics import Span, nearest, reject

LARGEST_FILE = 256 * 2**20


def file_bytes(base: Path, path: str, span: Span, suffixes: Sequence[str]) -> bytes:
    """The bytes of a file; arguments and refusals are those of `existing_file`."""
    return existing_file(base, path, span, suffixes).read_bytes()


def is_link(base: Path, path: str) -> bool:
    """Whether a path leads through a symbolic link, to something that a message must not show."""
    steps = [base / path, *(base / path).parents]
    return any(step.is_symlink() for step in steps[: len(Path(path).parts)])


def existing_file(base: Path, path: str, span: Span, suffixes: Sequence[str]) -> Path:
    """A file that can be read.

    Args:
        base: folder that relative paths start from.
        path: the file as written.
        span: place of the path, for messages.
        suffixes: of the files that may be meant where there is none.

    Raises:
        Rejected: E601 no such file, or not readable.
    """
    file = base / path
    try:
        if file.exists() and not file.is_file():
            raise reject("E601", f"{path} is not a file", span)
        if file.is_file() and file.stat().st_size > LARGEST_FILE:
            raise reject("E601", f"{path} is larger than {LARGEST_FILE // 2**20} MiB", span)
        with file.open("rb"):
            return file
    except FileNotFoundError:
        mend = _mend(file, path, suffixes)
        raise reject("E601", f"there is no file {path}", span, mend) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the name is not valid"
        raise reject("E601", f"{path} cannot be read: {reason}", span) from None


def _mend(file: Path, path: str, suffixes: Sequence[str]) -> str:
    try:
        others = [p.name for p in file.parent.iterdir() if p.suffix.lower() in suffixes]
    except OSError:
        others = []
    stem = nearest(file.stem, [Path(name).stem for name in others])
    match = next((name for name in sorted(others) if Path(name).stem == stem), None)
    if match is None:
        return "the path is relative to the folder of the .pde file"
    return f'did you mean "{Path(path).with_name(match).as_posix()}"?'
