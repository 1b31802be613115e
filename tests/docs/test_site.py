"""The site as a reader has it: pages, pictures, links, formulas, and nothing from elsewhere.

A part of it is built, in a minute: every page, but three specs of the gallery, of an equation in
space, one in time and one on a shape, and one page as a session. All of it takes a quarter of an
hour.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pdedsl.diagnostics.codes import CODES
from tests.conftest import ROOT

SPECS = ["annulus", "helmholtz", "pendulum"]
PART = {
    "NO_MKDOCS_2_WARNING": "1",
    "OMP_NUM_THREADS": "1",
    "PDEDSL_GALLERY_BUDGET": "3",
    "PDEDSL_GALLERY_SPECS": " ".join(SPECS),
    "PDEDSL_SESSIONS": "index.md",
}
CODE = re.compile(r"<(pre|code|script|style|svg)\b.*?</\1>", re.S)
LEFT = re.compile(r"arithmatex|\\\(|\\\[|\$\$|```|\]\([^)]*\)")
STYLED = re.compile(r"url\(['\"]?(https?:|//)|@import")


class Page(HTMLParser):
    """The anchors of a page, what it links to, and what a browser loads with it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.text = path.read_text(encoding="utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.anchors.add(value)
            elif name in ("href", "src") and value:
                (self.links if tag == "a" else self.loaded).append(value)


def test_a_part_of_the_site_is_whole(tmp_path: Path) -> None:
    site = tmp_path / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", "docs/mkdocs.yml"]
    built = subprocess.run(
        [*command, "-d", str(site)],
        cwd=ROOT,
        env=os.environ | PART,
        capture_output=True,
        text=True,
        timeout=600,  # it took 72 s where five processes shared two cores
    )
    printed = built.stdout + built.stderr
    assert built.returncode == 0, printed
    assert "WARNING" not in printed and "ERROR" not in printed

    pages = {path: Page(path) for path in site.rglob("*.html") if path.name != "404.html"}
    assert faults_of_links(pages) == []
    assert faults_of_loading(site, pages) == []
    assert {str(p.relative_to(site)): LEFT.findall(CODE.sub("", pages[p].text)) for p in pages} == {
        str(p.relative_to(site)): [] for p in pages
    }
    assert "<math" in pages[site / "theory" / "conditioning.html"].text
    check_gallery(site, pages)
    assert {code.lower() for code in CODES} <= pages[site / "messages.html"].anchors
    first = pages[site / "index.html"]
    assert "converged" in first.text  # the page was run
    assert any(path.endswith("solution_u.png") for path in first.loaded)
    for index in ("search_index.json", "search_index.js"):  # the second serves pages that are files
        assert "preconditioned" in (site / "search" / index).read_text(encoding="utf-8")


def check_gallery(site: Path, pages: dict[Path, Page]) -> None:
    """Every spec has a page, in the menu and the table, with what was printed and drawn."""
    index = pages[site / "gallery" / "index.html"]
    for name in SPECS:
        page = pages[site / "gallery" / f"{name}.html"]
        assert index.links.count(f"{name}.html") >= 2, name
        assert "saved in" in page.text, name
        own = {Path(path).name for path in page.loaded if path.startswith(f"{name}/")}
        assert any(picture.startswith("solution") for picture in own), own
        assert {"history.png", *own} == {p.name for p in (site / "gallery" / name).iterdir()}
    entries = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    assert {f"gallery/{name}.html" for name in SPECS} <= {e["location"] for e in entries["docs"]}


def faults_of_links(pages: dict[Path, Page]) -> list[str]:
    """Links and pictures inside the site whose file or anchor is missing."""
    faults = []
    for path, page in pages.items():
        for link in page.links + page.loaded:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            anchor = unquote(parts.fragment)
            if not target.is_file():
                faults.append(f"{path.name}: {link}")
            elif anchor and target in pages and anchor not in pages[target].anchors:
                faults.append(f"{path.name}: no anchor {link}")
    return faults


def faults_of_loading(site: Path, pages: dict[Path, Page]) -> list[str]:
    """Files of another site that a browser would load."""
    faults = [
        f"{path.name}: {place}"
        for path, page in pages.items()
        for place in page.loaded
        if urlsplit(place).netloc
    ]
    return faults + [
        path.name for path in site.rglob("*.css") if STYLED.search(path.read_text(encoding="utf-8"))
    ]
