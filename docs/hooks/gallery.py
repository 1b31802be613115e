"""A page for each spec of the gallery: its text, its command, what it prints, its pictures."""

from __future__ import annotations

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .session import Session

BUDGET = os.environ.get("PDEDSL_GALLERY_BUDGET", "20")
"""Seconds for each spec; where they do not suffice, the page says so as `solve` does."""

_STATUS_WITH_DOUBTS = 3


@dataclass(frozen=True)
class Entry:
    """A spec, its page in Markdown, its pictures by name, and its row of the index."""

    name: str
    page: str
    pictures: dict[str, bytes]
    row: str


def solve_all(specs: Path, folder: Path, environment: dict[str, str]) -> list[Entry]:
    """Solve every spec in a folder of its own, one process to a core."""
    one = dict(environment, OMP_NUM_THREADS="1")
    names = sorted(path.stem for path in specs.glob("*.pde"))

    def entry(name: str) -> Entry:
        own = folder / name
        own.mkdir()
        (own / "specs").symlink_to(specs)
        return _solve(name, Session(own, one))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(entry, names))


def _solve(name: str, session: Session) -> Entry:
    command = f"pdedsl solve specs/{name}.pde --budget {BUDGET}"
    printed = session.run(f"{command} --no-plots 2>/dev/null || [ $? = {_STATUS_WITH_DOUBTS} ]")
    run = session.folder / "runs" / f"{name}-001"
    session.run(f"pdedsl plot runs/{name}-001")
    result = json.loads((run / "run.json").read_text(encoding="utf-8"))
    spec = (session.folder / "specs" / f"{name}.pde").read_text(encoding="utf-8")
    pictures = {path.name: path.read_bytes() for path in sorted((run / "pictures").glob("*.png"))}
    shown = "\n".join(f"![{Path(p).stem}]({name}/{p})" for p in pictures)
    title = result["problem"] or name
    page = f"# {title}\n\n```pde\n{spec}```\n\n```console\n$ {command}\n{printed}\n```\n\n{shown}\n"
    shutil.rmtree(session.folder)
    return Entry(name, page, pictures, _row(name, title, result))


def _row(name: str, title: str, result: dict[str, Any]) -> str:
    """A row of the index: the largest error of a field, its estimate, the end, and seconds."""
    error = _largest(result["errors"] or {}, "rel_l2")
    fields = (result["estimate"] or {}).get("fields", {})
    estimate = _largest(fields, "relative")
    seconds = sum(result["seconds"].values())
    cells = [f"[{name}]({name}.md)", title, error, estimate, result["status"], f"{seconds:.1f}"]
    return f"| {' | '.join(cells)} |"


def _largest(fields: dict[str, dict[str, float]], key: str) -> str:
    known = [own[key] for own in fields.values() if own.get(key) is not None]
    return f"{max(known):.1e}" if known else "–"


def index(entries: list[Entry], head: str) -> str:
    """The page that lists all of them, below the text of the gallery."""
    rows = "\n".join(entry.row for entry in entries)
    return (
        f"{head}\n\n## Solved by the build of this site\n\n"
        f"Each by `pdedsl solve SPEC --budget {BUDGET}`, one process to a core: the relative L2"
        " error where a solution is known, the estimate of the error that knows none, how it ended,"
        " and seconds.\n\n| spec | problem | error | estimate | end | seconds |\n"
        f"| --- | --- | --- | --- | --- | --- |\n{rows}\n"
    )
