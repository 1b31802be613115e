"""The table of the README, made from the results of `run_all`.

Run as ``python -m examples.reproductions.table [FOLDER]`` at the top of the repository; it puts the
table between the marks of ``README.md``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .common import number, read

HERE = Path(__file__).parent
README = HERE / "README.md"
RESULTS = HERE / "results"
_MARKED = re.compile(r"(<!-- begin: table -->\n).*?(\n<!-- end -->)", re.S)
_COLUMNS = ("figure", "published", "ours", "by", "`auto`", "remark")
_RULE = ("---", "---:", "---:", "---", "---:", "---")


def results(folder: Path) -> list[dict[str, Any]]:
    """All results of a folder, those of one source together."""
    found = [read(path) for path in folder.glob("*.json")]
    return sorted(found, key=lambda result: (result["source"], result["name"]))


def table(found: Sequence[Mapping[str, Any]], pictures: str = "results") -> str:
    """Markdown: the rows under the titles of their scripts, then how they were made.

    Args:
        found: by `results`.
        pictures: their folder as seen from the page.
    """
    rows = [_COLUMNS, _RULE]
    for result in found:
        name = result["name"]
        rows.append((f"**[{result['title']}]({name}.py)**, {result['source']}", *[""] * 5))
        rows += [_cells(row) for row in result["rows"]]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    shown = [
        f"![{result['title']}]({pictures}/{picture})"
        for result in found for picture in result["pictures"]
    ]  # fmt: skip
    return "\n\n".join(["\n".join(lines), _origin(found), *shown])


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    published, ours, auto = (number(row[key]) for key in ("published", "ours", "auto"))
    cells = (row["case"], published, ours, row["how"], auto, row["remark"])
    return tuple(cell.replace("|", r"\|") for cell in cells)


def _origin(found: Sequence[Mapping[str, Any]]) -> str:
    """Scale, cores, threads, versions and days of the runs."""
    scales = _values(f"{result['scale']:g}" for result in found)
    machines = [result["machine"] for result in found]
    kinds = _values(
        f"{m['cores']} cores, {m['threads']} threads, torch {m['torch']}, pdedsl {m['pdedsl']}"
        for m in machines
    )
    days = sorted({result["date"] for result in found})
    when = " to ".join(dict.fromkeys((days[0], days[-1])))
    minutes = sum(result["seconds"] for result in found) / 60
    return f"Scale {scales}; {kinds}; {when}; {minutes:.0f} minutes in all."


def _values(texts: Any) -> str:
    return " and ".join(sorted(set(texts)))


def filled(page: str, text: str) -> str:
    """The page with the text between its marks."""
    return _MARKED.sub(lambda match: f"{match[1]}{text}{match[2]}", page)


def main(folder: Path = RESULTS) -> None:
    """Write the page anew; nothing changes where there are no results."""
    found = results(folder)
    if not found:
        raise SystemExit(f"there are no results in {folder}")
    page = README.read_text(encoding="utf-8")
    README.write_text(filled(page, table(found)), encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
