"""Where the keys and values of a TOML text stand.

No library in use gives them: `tomllib` reads values alone, and `tomlkit` keeps the text of a
document without its places. `tree-sitter-toml` has places, but it brings two compiled packages, and
its tree would have to be walked by as much code as there is here.

The text is known to be well formed (`tomllib` has read it), so the scanner needs no checks of
its own; it follows the grammar of TOML 1.0 (https://toml.io/en/v1.0.0) only as far as needed
to tell where keys and values start and end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pdedsl.diagnostics import Span

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}\n#]*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'", re.DOTALL
)


@dataclass(frozen=True)
class Entry:
    """Spans of a key (a table's header counts as its key) and of its value, if it has one."""

    key: Span
    value: Span


@dataclass
class _Scanner:
    text: str
    at: int = 0
    found: dict[Path, Entry] = field(default_factory=dict)
    lengths: dict[Path, int] = field(default_factory=dict)

    def document(self) -> None:
        prefix: Path = ()
        self.blank()
        while self.at < len(self.text):
            prefix = self.header() if self.text[self.at] == "[" else self.pair(prefix, prefix)
            self.blank()

    def header(self) -> Path:
        start, array = self.at, self.text.startswith("[[", self.at)
        self.at += 2 if array else 1
        path = self.absolute(tuple(name for name, _ in self.dotted()))
        self.blank()
        self.at += 2 if array else 1
        if array:
            self.lengths[path] = self.lengths.get(path, 0) + 1
            self.found.setdefault(path, Entry(Span(start, self.at), Span(start, self.at)))
            path = (*path, self.lengths[path] - 1)
        span = Span(start, self.at)
        self.found[path] = Entry(span, span)
        return path

    def absolute(self, names: Path) -> Path:
        """The path with the number of the newest element put in after each array of tables."""
        path: Path = ()
        for place, name in enumerate(names):
            path = (*path, name)
            if path in self.lengths and place + 1 < len(names):
                path = (*path, self.lengths[path] - 1)
        return path

    def pair(self, prefix: Path, back: Path) -> Path:
        names = self.dotted()
        self.blank()
        self.at += 1  # the equals sign
        self.blank()
        path, start = prefix, self.at
        for name, span in names[:-1]:
            path = (*path, name)
            self.found.setdefault(path, Entry(span, span))
        name, span = names[-1]
        self.value((*path, name))
        self.found[(*path, name)] = Entry(span, Span(start, self.at))
        return back

    def dotted(self) -> list[tuple[str, Span]]:
        names = []
        while True:
            self.blank()
            match = _STRING.match(self.text, self.at) or _BARE.match(self.text, self.at)
            assert match is not None
            names.append((match.group().strip("\"'"), Span(*match.span())))
            self.at = match.end()
            self.blank()
            if not self.text.startswith(".", self.at):
                return names
            self.at += 1

    def value(self, path: Path) -> None:
        char = self.text[self.at]
        if char == "[":
            self.array(path)
        elif char == "{":
            self.inline_table(path)
        elif match := _STRING.match(self.text, self.at):
            self.at = match.end()
        else:
            match = _SCALAR.match(self.text, self.at)
            assert match is not None
            self.at += len(match.group().rstrip())

    def array(self, path: Path) -> None:
        self.at += 1
        number = 0
        self.comma()
        while self.text[self.at] != "]":
            start = self.at
            self.value((*path, number))
            self.found[(*path, number)] = Entry(Span(start, self.at), Span(start, self.at))
            number += 1
            self.comma()
        self.at += 1

    def inline_table(self, path: Path) -> None:
        self.at += 1
        self.comma()
        while self.text[self.at] != "}":
            self.pair(path, path)
            self.comma()
        self.at += 1

    def comma(self) -> None:
        self.blank()
        if self.text.startswith(",", self.at):
            self.at += 1
            self.blank()

    def blank(self) -> None:
        match = _BLANK.match(self.text, self.at)
        assert match is not None
        self.at = match.end()


def places(text: str) -> dict[Path, Entry]:
    """Spans of all keys and values of a well-formed TOML text.

    Returns:
        Path of names and array indices to its `Entry`. A key with an escape sequence in it is
        listed as it is written.
    """
    scanner = _Scanner(text)
    scanner.document()
    return scanner.found
