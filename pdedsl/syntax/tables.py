"""The grammar and its LALR tables, kept between runs in the user's cache directory.

Building the tables takes more than half a second, loading them some milliseconds. A stored
file is read only when it belongs to the user and lies in a directory that others cannot
write, because the tables are stored as a pickle. It names the grammar, the versions and a
digest of its contents; a file that is stale, cut off or damaged is built anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import stat
import sys
import tempfile
from functools import cache
from pathlib import Path

import lark
from lark import Lark

from .package_data import grammar_file

START = "start"


def grammar_text() -> str:
    """Text of `pde.lark` from the package data in `pdedsl.grammar`.

    Raises:
        RuntimeError: the package data are missing, which is a defect of the installation.
    """
    text = grammar_file("pde.lark")
    if not text.strip():
        raise RuntimeError("the grammar of the language is empty; the installation is broken")
    return text


def build_tables(grammar: str, *, strict: bool = False) -> Lark:
    """Build the parser from the grammar; ``strict`` refuses conflicts and regex collisions."""
    return Lark(
        grammar,
        parser="lalr",
        lexer="basic",
        start=[START, "unread"],
        propagate_positions=True,
        maybe_placeholders=True,
        strict=strict,
    )


@cache
def tables() -> Lark:
    """The parser of the language, from the cache where possible."""
    return cached_tables(grammar_text(), cache_file())


def cached_tables(grammar: str, path: Path | None) -> Lark:
    """Load the tables of ``grammar`` from ``path``, or build and store them there.

    Args:
        grammar: text of the grammar.
        path: the cache file, or None to do without.
    """
    key = _key(grammar)
    loaded = None if path is None else _load(path, key)
    if loaded is not None:
        return loaded
    buffer = io.BytesIO()
    build_tables(grammar).save(buffer)
    if path is not None:
        _store(buffer.getvalue(), path, key)
    # The loaded form is used here too: `Lark.lex` of the other checks the terminals each time.
    buffer.seek(0)
    return Lark.load(buffer)


def cache_file() -> Path | None:
    """Where the tables are kept: ``$XDG_CACHE_HOME/pdedsl`` or ``~/.cache/pdedsl``."""
    root = os.environ.get("XDG_CACHE_HOME", "")
    try:
        base = Path(root) if os.path.isabs(root) else Path.home() / ".cache"
    except RuntimeError:
        return None
    return base / "pdedsl" / "grammar.tables"


def _key(grammar: str) -> bytes:
    versions = f"{lark.__version__} {sys.version_info[:2]} 1\n"
    return hashlib.sha256((versions + grammar).encode()).hexdigest().encode()


def _load(path: Path, key: bytes) -> Lark | None:
    """The stored tables, or None when there are none that can be trusted."""
    try:
        if not (_private(path) and _private(path.parent)):
            return None
        found, digest, payload = path.read_bytes().split(b"\n", 2)
        if found != key or digest != hashlib.sha256(payload).hexdigest().encode():
            return None
        return Lark.load(io.BytesIO(payload))
    except Exception:  # a damaged cache must never stop the program
        return None


def _private(path: Path) -> bool:
    """Whether the file or directory is the user's own and nobody else may write it."""
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return False
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def _store(payload: bytes, path: Path, key: bytes) -> None:
    """Write the tables in one step, so that no other process reads half of them."""
    digest = hashlib.sha256(payload).hexdigest().encode()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(b"\n".join((key, digest, payload)))
            os.replace(temporary, path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
