"""Statements of other files, in the place of ``include "materials.pde"``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pdedsl.diagnostics import Diagnostic, Rejected, Source, Span, UserError, reject
from pdedsl.syntax import Reading, ast, load_source, read
from pdedsl.syntax.node import Node

from .reading import existing_file

MOST_FILES = 20
_ALLOWED = (ast.Version, ast.Param, ast.Let, ast.Operator, ast.Region, ast.Include)


@dataclass
class _Including:
    """One run over a text and all that it includes.

    Args:
        source: the text, which comes to know the texts that it includes.
        base: folder that its paths start from.
        open: the files that are being read, each included by the one before it.
        done: those that have been read.
        found: what is wrong with them.
        broken: names that broken statements perhaps declare.
    """

    source: Source
    base: Path
    open: list[Path]
    done: set[Path] = field(default_factory=set)
    found: list[Diagnostic] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def spliced(self, spec: ast.Spec, folder: Path) -> Iterator[ast.Statement]:
        """The statements of a file in this folder, those of included files in their place."""
        for statement in spec.statements:
            if isinstance(statement, ast.Include):
                try:
                    yield from self._included(statement, folder)
                except Rejected as rejected:
                    self.found.append(rejected.diagnostic)
            elif len(self.open) > 1 and not isinstance(statement, _ALLOWED):
                self.found.append(_misplaced(statement, self.source))
            else:
                yield _rebased(statement, folder)

    def _included(self, node: ast.Include, folder: Path) -> Iterator[ast.Statement]:
        path = folder / node.path
        file = (self.base / path).resolve()
        if file in self.open:
            message = f"{node.path} includes this file: they go in a circle"
            if file == self.open[-1]:
                message = f"{node.path} is this file itself"
            raise reject("E113", message, node.path_span, "remove this line")
        if file in self.done:
            return
        if len(self.done) >= MOST_FILES:
            message = f"more than {MOST_FILES} files are included"
            raise reject("E701", message, node.path_span, "put them together")
        self.done.add(file)
        reading = self._read(node, path)
        self.found += reading.report
        self.broken += reading.broken
        self.open.append(file)
        yield from self.spliced(reading.spec, path.parent)
        self.open.pop()

    def _read(self, node: ast.Include, path: Path) -> Reading:
        file = existing_file(self.base, path.as_posix(), node.path_span, [".pde"])
        try:
            part = load_source(file)
        except UserError as error:
            (first,) = error.diagnostics
            message = f"{node.path} cannot be included: {first.message}"
            raise reject(first.code, message, node.path_span, first.mend) from None
        start = self.source.include(str(path), part)
        # Spans of the part are those behind all texts before it.
        return read(Source(part.name, " " * start + part.text))


def with_includes(reading: Reading, source: Source, base: Path) -> Reading:
    """The reading of a text with the statements of the files that it includes.

    An included file holds parameters, definitions, operators, regions, and includes of its own. A
    file that is included twice is read once.

    Args:
        reading: of the text alone.
        source: the text; those that it includes are added to it, so that their places are known.
        base: folder that paths in it start from.
    """
    source.included.clear()
    if not any(isinstance(s, ast.Include) for s in reading.spec.statements):
        return reading
    run = _Including(source, base, [(base / Path(source.name).name).resolve()])
    statements = tuple(run.spliced(reading.spec, Path()))
    reading.report.extend(run.found)
    spec = ast.Spec(statements, span=reading.spec.span)
    return replace(reading, spec=spec, broken=(*reading.broken, *run.broken))


def _misplaced(statement: ast.Statement, source: Source) -> Diagnostic:
    keyword = source.text_at(statement.span).split(maxsplit=1)[0].rstrip(":")
    message = f"an included file holds param, let, operator and region, and no {keyword}"
    span = Span(statement.span.start, statement.span.start + len(keyword))
    return Diagnostic("E113", message, span, f"move it to {source.name}")


def _rebased(node: Any, folder: Path) -> Any:
    """The same with paths of files, as of ``mesh("part.stl")``, from the folder of the spec."""
    if folder == Path() or not isinstance(node, (Node, tuple)):
        return node
    if isinstance(node, tuple):
        return tuple(_rebased(part, folder) for part in node)
    if isinstance(node, ast.Text):
        return ast.Text((folder / node.text).as_posix(), span=node.span)
    parts = {name: _rebased(getattr(node, name), folder) for name in node.parts}
    return type(node)(**{**node.__dict__, **parts})
