"""Reading a `.pde` file as text, with the reasons when that cannot be done."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from pdedsl.diagnostics import Diagnostic, Source, Span, UserError, nearest

from .limits import MAX_BYTES

_BOM = b"\xef\xbb\xbf"


def load_source(path: str | Path) -> Source:
    """Read a spec from a file of UTF-8 text, with or without a byte order mark.

    Args:
        path: the file; its text becomes the name of the source.

    Raises:
        UserError: E111 when the file is missing, not a file, not UTF-8, empty, or holds NUL
            bytes; E701 when it is larger than 1 MiB.
    """
    name = str(path)
    raw = _read_bytes(Path(path), name)
    if len(raw) > MAX_BYTES:
        _fail(name, "E701", f"the file is larger than {MAX_BYTES // 1024} KiB")
    return Source(name, _decode(raw.removeprefix(_BOM), name))


def _read_bytes(path: Path, name: str) -> bytes:
    try:
        if path.is_dir():
            _fail(name, "E111", "this is a directory, not a file", "name a .pde file in it")
        # A pipe or a device may never end: one byte over the limit is enough to refuse it.
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        _fail(name, "E111", "there is no such file", _similar(path))
    except PermissionError:
        _fail(name, "E111", "the file may not be read: permission denied")
    except (OSError, ValueError) as error:
        _fail(name, "E111", f"the file cannot be read: {error}")


def _similar(path: Path) -> str | None:
    other = path.with_name(path.name + ".pde")
    if other.is_file():
        return f"did you mean {other}?"
    try:
        stems = {own.stem: own for own in path.parent.iterdir() if own.suffix == ".pde"}
    except (OSError, ValueError):
        return None
    match = nearest(path.stem, stems)
    return f"did you mean {stems[match]}?" if match else None


def _decode(raw: bytes, name: str) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        _fail(name, "E111", "the file is UTF-16 text, UTF-8 is needed", "save it as UTF-8")
    if not raw.strip():
        _fail(name, "E111", "the file is empty", 'start with: problem "title"')
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        good = raw[: error.start].decode("utf-8")
        message = f"the byte 0x{raw[error.start]:02X} is not UTF-8 text"
        _fail(name, "E111", message, "save it as UTF-8", good, raw[error.start :])
    nul = text.find("\0")
    if nul >= 0:
        message = "the file holds a NUL byte, so it is not text"
        _fail(name, "E111", message, None, text[:nul], raw[nul:])
    return text


def _fail(
    name: str,
    code: str,
    message: str,
    mend: str | None = None,
    good: str | None = None,
    rest: bytes = b"",
) -> NoReturn:
    """Raise, with the place after the text ``good`` when that is given."""
    if good is None:
        raise UserError((Diagnostic(code, message, None, mend),), Source(name, ""))
    shown = good + rest.split(b"\n", 1)[0].decode("utf-8", "replace")
    place = Span(len(good), len(good) + 1)
    raise UserError((Diagnostic(code, message, place, mend),), Source(name, shown))
