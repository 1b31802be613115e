"""A page for each spec of the gallery: its text, its command, what it prints, its pictures."""

from __future__ import annotations

import json
import logging
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .session import Session

BUDGET = os.environ.get("PDEDSL_GALLERY_BUDGET", "20")
"""Seconds for each spec; where they do not suffice, the page says so as `solve` does."""

CHOSEN = os.environ.get("PDEDSL_GALLERY_SPECS", "").split()
"""Names of the specs that are solved; all where it is empty."""

_STATUS_WITH_DOUBTS = 3
_LAST = ["residuals", "history"]
_LOG = logging.getLogger("mkdocs.hooks.gallery")


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
    names = CHOSEN or sorted(path.stem for path in specs.glob("*.pde"))

    def entry(name: str) -> Entry:
        start = time.monotonic()
        own = folder / name
        own.mkdir()
        (own / "specs").symlink_to(specs)
        solved = _solve(name, Session(own, one))
        _LOG.info("Solved %s in %.0f s", name, time.monotonic() - start)
        return solved

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(entry, names))


def _solve(name: str, session: Session) -> Entry:
    command = f"pdedsl solve specs/{name}.pde --budget {BUDGET}"
    printed = session.run(f"{command} --no-plots 2>/dev/null || [ $? = {_STATUS_WITH_DOUBTS} ]")
    run = session.folder / "runs" / f"{name}-001"
    session.run(f"pdedsl plot runs/{name}-001")
    result = json.loads((run / "run.json").read_text(encoding="utf-8"))
    spec = (session.folder / "specs" / f"{name}.pde").read_text(encoding="utf-8")
    drawn = sorted((run / "pictures").glob("*.png"), key=_place)
    pictures = {path.name: path.read_bytes() for path in drawn}
    shown = "\n\n".join(f"![{_caption(p)}]({name}/{p})" for p in pictures)
    title = result["problem"] or name
    head = f"---\ntitle: {name}\n---\n# {title}\n\n"  # the title is the name in the menu
    page = f"{head}```pde\n{spec}```\n\n```console\n$ {command}\n{printed}\n```\n\n{shown}\n"
    shutil.rmtree(session.folder)
    return Entry(name, page, pictures, _row(name, title, result))


def _place(picture: Path) -> tuple[int, str]:
    """Solutions before residuals, and the course of the training at the end."""
    kind = picture.stem.split("_")[0]
    return (_LAST.index(kind) + 1 if kind in _LAST else 0), picture.name


def _caption(name: str) -> str:
    return Path(name).stem.replace("_", " ")


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
    """The page that lists all of them, in the place of the table in the text of the gallery."""
    rows = "\n".join(entry.row for entry in entries)
    return (
        f"{head.strip()}\n\n## Solved by the build of this site\n\n"
        f"Each by `pdedsl solve SPEC --budget {BUDGET}`, one process to a core: the relative L2"
        " error where a solution is known, the estimate of the error that knows none, how it ended,"
        " and seconds.\n\n| spec | problem | error | estimate | end | seconds |\n"
        f"| --- | --- | --- | --- | --- | --- |\n{rows}\n"
    )
