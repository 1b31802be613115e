"""A run as one file of HTML, with its spec, its table and its pictures, light and dark."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DPI = 130
_DPI_OF_PART = 80
# Letters of 9 pt are 16 pixels high at 130 points an inch; below half of it they cannot be read.
_LEAST_SHARE = 0.55
_STYLE = """
:root { color-scheme: light dark; --text: #1b1b1b; --back: #ffffff; --soft: #f3f4f6;
  --line: #d5d8dd; --doubt: #a33b00; --good: #00674b; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e6e6; --back: #16181c; --soft: #23262c;
  --line: #3b4048; --doubt: #ff9d5c; --good: #4fd1a5; } }
body { color: var(--text); background: var(--back); font: 16px/1.5 system-ui, sans-serif;
  max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.good { color: var(--good); } .doubt { color: var(--doubt); }
pre { background: var(--soft); padding: .8rem 1rem; overflow-x: auto; border-radius: .4rem; }
table { border-collapse: collapse; }
th { text-align: left; font-weight: 600; padding: .2rem 1.5rem .2rem 0; vertical-align: top;
  white-space: nowrap; }
td { padding: .2rem 0; overflow-wrap: anywhere; } tr { border-bottom: 1px solid var(--line); }
figure { margin: 1.2rem 0; }
figure div { overflow-x: auto; }
img { display: block; box-sizing: border-box; max-width: 100%; background: #ffffff; padding: .4rem;
  border-radius: .4rem; }
figcaption { font-size: .85rem; margin-top: .3rem; }
summary { cursor: pointer; font-size: 1.15rem; font-weight: 600; margin-top: 2rem; }
@media (max-width: 40rem) { body { margin: 1rem auto; } pre { font-size: .85rem; }
  th { padding-right: .8rem; white-space: normal; overflow-wrap: anywhere; min-width: 6rem; } }
"""


def report_page(
    title: str,
    verdict: str,
    good: bool,
    rows: Iterable[tuple[str, str]],
    texts: Mapping[str, str],
    pictures: Mapping[str, Figure],
) -> str:
    """The page; it asks for no other file and no network.

    Args:
        title: of the problem.
        verdict: how it ended, in words.
        good: whether the result is accepted.
        rows: label and text of each line of the table.
        texts: heading to text, such as the spec and the method; the first is shown, others open.
        pictures: name to figure.
    """
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>",
        f"<h1>{escape(title)}</h1>",
        f'<p class="{"good" if good else "doubt"}">{escape(verdict)}</p>',
        _table(rows),
        *(_picture(name, made, of=title) for name, made in pictures.items()),
        *(_text(name, text, is_open=not index) for index, (name, text) in enumerate(texts.items())),
        "</main></body></html>",
    ]
    return "\n".join(parts) + "\n"


def report_part(title: str, rows: Iterable[tuple[str, str]], pictures: Mapping[str, Figure]) -> str:
    """A piece of HTML for a notebook: title, table and pictures, without styles of its own.

    Arguments as of `report_page`.
    """
    parts = [_picture(name, made, _DPI_OF_PART) for name, made in pictures.items()]
    return "\n".join([f"<p><b>{escape(title)}</b></p>", _table(rows), *parts])


def _table(rows: Iterable[tuple[str, str]]) -> str:
    lines = [
        f'<tr><th scope="row">{escape(label)}</th><td>{escape(text)}</td></tr>'
        for label, text in rows
    ]
    return "\n".join(["<table>", *lines, "</table>"])


def _text(heading: str, text: str, is_open: bool) -> str:
    opened = " open" if is_open else ""
    return (
        f"<details{opened}><summary>{escape(heading)}</summary>"
        f'<pre tabindex="0">{escape(text)}</pre></details>'
    )


def _picture(name: str, made: Figure, dpi: int = _DPI, of: str = "") -> str:
    """A figure with its caption, which scrolls on a screen where its letters would be too small."""
    stream = io.BytesIO()
    made.savefig(stream, format="png", dpi=dpi, bbox_inches="tight")
    data = stream.getvalue()
    least = _LEAST_SHARE * int.from_bytes(data[16:20], "big")  # the width in the head of a PNG
    words = escape(name.replace("_", " "))
    alt = f"{words} of {escape(of)}" if of else words
    source = f"data:image/png;base64,{base64.b64encode(data).decode('ascii')}"
    image = f'<img alt="{alt}" style="min-width: {least:.0f}px" src="{source}">'
    return f"<figure><div>{image}</div><figcaption>{words}</figcaption></figure>"
