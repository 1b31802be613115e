"""The page of all presets: the methods of the literature, each with source, loss and settings."""

from __future__ import annotations

from pathlib import Path

from .session import Session

_HEAD = """# Presets

Every preset is a method file that `--method NAME` takes, on any spec;
`pdedsl list presets NAME > my.toml` is a start for one of your own. The comments give the source,
the loss or the step, when it pays, and where the settings depart from those of the authors.

"""


def page(session: Session, folder: Path) -> str:
    """The page, from what `pdedsl list presets` prints and the files in a folder of them."""
    table = session.run("pdedsl list presets --markdown")
    names = [line.split("|")[1].strip() for line in table.splitlines()[2:]]
    parts = [_HEAD, table, "\n"]
    for name in names:
        path = folder / f"{name}.toml"
        if path.is_file():  # auto has none
            text = path.read_text(encoding="utf-8").rstrip()
            parts.append(f"\n## {name}\n\n```toml\n{text}\n```\n")
    return "".join(parts)
