"""What mkdocs calls while it builds: pages that are made, sessions that are run, formulas."""

from __future__ import annotations

import logging
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from docs.hooks import gallery, messages, presets
from docs.hooks.formulas import with_mathml
from docs.hooks.session import Session, SessionError, environment

ROOT = Path(__file__).parents[2]
PRESETS = ROOT / "pdedsl" / "settings" / "presets"
COPIED = {
    "language.md": "grammar/README.md",
    "reproductions.md": "examples/reproductions/README.md",
    "theory/operator_preconditioning.md": "examples/operator_preconditioning.md",
}
"""Pages that are read in the repository, too."""

PLAYED = os.environ.get("PDEDSL_SESSIONS", "").split()
"""Pages that are run as sessions, such as ``howto/equation.md``; all where it is empty."""

_LOG = logging.getLogger("mkdocs.hooks.events")
_MADE = re.compile(r"<!-- (begin: [^\n]*|end) -->\n")
_TABLE = re.compile(r"<!-- begin: [^\n]*-->\n.*?<!-- end -->\n", re.S)
_LINK = re.compile(r"\[(?P<text>[^\]]*)\]\((?!https?:|#)(?P<target>[^)#\s]+)\)")
_STATUS = re.compile(r"(?<=^```console) exit=\d+$", re.M)
_PICTURE = re.compile(r"!\[[^\]]*\]\((?P<path>[^):\s]+\.(?:png|gif|html))\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made: copies, presets, messages, and the gallery."""
    variables = environment(Path(sys.executable).parent)
    for name, source in COPIED.items():
        files.append(_generated(config, name, _copied(name, ROOT / source, files, config)))
    with tempfile.TemporaryDirectory() as folder:
        session = Session(Path(folder), variables)
        try:
            files.append(_generated(config, "methods/presets.md", presets.page(session, PRESETS)))
            files.append(_generated(config, "messages.md", messages.page(session)))
            entries = gallery.solve_all(ROOT / "specs", Path(folder), variables)
        except SessionError as fault:
            raise PluginError(str(fault)) from None
    head = _TABLE.sub("", (ROOT / "specs" / "README.md").read_text(encoding="utf-8"))
    files.append(_generated(config, "gallery/index.md", gallery.index(entries, head)))
    for entry in entries:
        files.append(_generated(config, f"gallery/{entry.name}.md", entry.page))
        for name, picture in entry.pictures.items():
            files.append(_generated(config, f"gallery/{entry.name}/{name}", picture))
    pages = [f"gallery/{entry.name}.md" for entry in entries]
    next(own["Gallery"] for own in config.nav or [] if "Gallery" in own).extend(pages)
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Run the page as a session, and keep the pictures that it shows."""
    if not page.meta.get("session"):
        return markdown
    if PLAYED and page.file.src_uri not in PLAYED:
        return _STATUS.sub("", _PICTURE.sub("", markdown))  # nobody has drawn the pictures
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "specs").symlink_to(ROOT / "specs")
        session = Session(Path(folder), environment(Path(sys.executable).parent))
        start = time.monotonic()
        try:
            played = session.play(markdown)
        except SessionError as fault:
            raise PluginError(f"{page.file.src_uri}: {fault}") from None
        _LOG.info("Ran %s in %.0f s", page.file.src_uri, time.monotonic() - start)
        return _PICTURE.sub(lambda shown: _kept(shown, Path(folder), page, config, files), played)


def on_page_content(html: str, **_: Any) -> str:
    """Write formulas as MathML."""
    return with_mathml(html)


def _kept(
    shown: re.Match[str], folder: Path, page: Page, config: MkDocsConfig, files: Files
) -> str:
    """Make a picture of the session one of the site."""
    path = folder / shown["path"]
    if not path.is_file():
        return shown[0]
    name = f"{Path(page.file.src_uri).stem}-{shown['path'].replace('/', '-')}"
    place = str(Path(page.file.src_uri).with_name(name))
    files.append(_generated(config, place, path.read_bytes()))
    return shown[0].replace(shown["path"], name)


def _copied(name: str, source: Path, files: Files, config: MkDocsConfig) -> str:
    """The text of a page of the repository, with its pictures; other files are named by path."""

    def link(found: re.Match[str]) -> str:
        target = (source.parent / found["target"]).resolve()
        if target.suffix != ".png":
            return f"{found['text']} (`{target.relative_to(ROOT)}`)"
        place = str(Path(name).with_name(target.name))
        files.append(_generated(config, place, target.read_bytes()))
        return found[0].replace(found["target"], target.name)

    return _LINK.sub(link, _MADE.sub("", source.read_text(encoding="utf-8")))


def _generated(config: MkDocsConfig, uri: str, content: str | bytes) -> File:
    return File.generated(config, uri, content=content)
