"""The page of a run in a browser: light and dark, on a desk and on a phone.

A browser is looked for by the names that systems give it. Where there is none, the tests say so and
are left out: ``apt-get install chromium`` brings one.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pdedsl.cli.commands.plot import _write_report
from tests import small

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (  # a root user has no sandbox, and nothing but the page is to be asked for
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
PHONE, DESK = 390, 1200  # pixels of the usual phone, and more than the page is wide
LONG_NAMES = """
problem "A title that is longer than the screen of a phone is wide <b>&amp; has signs</b>"
domain  Omega: distance_from_the_wall in [0, 1]
unknown displacement_of_the_beam(distance_from_the_wall)
eq equation_of_equilibrium_of_the_beam: d(displacement_of_the_beam, distance_from_the_wall, 2) = 1
bc conditions_at_both_of_the_clamped_ends: displacement_of_the_beam = 0  on boundary
"""
KINDS = {"heat": small.HEAT, "plane": small.PLANE, "long names": LONG_NAMES}


@dataclass
class Seen:
    """A page as a browser shows it, with what it wrote to its console and asked for."""

    page: Any
    faults: list[str]
    requests: list[str]

    def value(self, script: str) -> Any:
        return self.page.evaluate(script)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    found = [path for name in _NAMES if (path := shutil.which(name))]
    if not found:
        pytest.skip(f"no browser: none of {', '.join(_NAMES)} is on the path")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=found[0], args=list(_FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="module", params=KINDS)
def report(request, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    small.solved(KINDS[request.param]).save(folder / "saved")
    from pdedsl.results import Solution

    return _write_report(Solution.load(folder / "saved"), folder / "page.html", None)


def look(browser: Any, path: Path, scheme: str, width: int) -> Seen:
    page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 800})
    seen = Seen(page, [], [])
    page.on("console", lambda said: seen.faults.append(said.text))
    page.on("pageerror", lambda error: seen.faults.append(str(error)))
    page.on("request", lambda asked: seen.requests.append(asked.url))
    page.goto(path.as_uri())
    return seen


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_loads_all_by_itself(browser, report, scheme, width):
    seen = look(browser, report, scheme, width)
    assert seen.faults == []
    assert [url for url in seen.requests if not url.startswith("data:")] == [report.as_uri()]
    images = seen.value("[...document.images].map(i => [i.complete, i.naturalWidth, i.alt])")
    assert len(images) >= 3
    assert all(complete and natural > 0 for complete, natural, _ in images)
    texts = [text for *_, text in images]
    assert all(text.strip() for text in texts) and len(set(texts)) == len(texts)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_nothing_is_wider_than_the_screen(browser, report, width):
    """What is wider scrolls within a frame of its own, and letters of pictures stay readable."""
    seen = look(browser, report, "light", width)
    seen.value("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert seen.value("document.documentElement.scrollWidth") == width
    wide = seen.value("""[...document.querySelectorAll('main *')].filter(
        e => e.getBoundingClientRect().right > innerWidth + 0.5 && !e.closest('figure div, pre')
    ).map(e => e.outerHTML.slice(0, 80))""")
    assert wide == []
    cells = "[...document.querySelectorAll('th, td, h1, p')]"
    assert seen.value(f"{cells}.filter(e => e.scrollWidth > e.clientWidth + 1).length") == 0
    shares = seen.value("[...document.images].map(i => i.width / i.naturalWidth)")
    assert min(shares) > 0.5


def test_tables_have_headers(browser, report):
    seen = look(browser, report, "light", DESK)
    rows = seen.value("""[...document.querySelectorAll('tr')].map(
        r => [r.querySelectorAll('th[scope=row]').length, r.querySelectorAll('td').length])""")
    assert len(rows) > 4 and all(row == [1, 1] for row in rows)
    assert seen.value("document.title") == seen.value("document.querySelector('h1').textContent")


def test_light_and_dark_can_be_read(browser, report):
    """Text stands out from what is behind it by 4.5 to 1 at least (WCAG 2.2, 1.4.3)."""
    backs = []
    for scheme in ("light", "dark"):
        seen = look(browser, report, scheme, DESK)
        back = seen.value("getComputedStyle(document.body).backgroundColor")
        soft = seen.value("getComputedStyle(document.querySelector('pre')).backgroundColor")
        backs.append(_luminance(back))
        texts = ("h1", "main > p", "td", "th", "figcaption", "summary")
        for element, behind in [*((text, back) for text in texts), ("pre", soft)]:
            color = seen.value(f"getComputedStyle(document.querySelector('{element}')).color")
            low, high = sorted((_luminance(color), _luminance(behind)))
            assert (high + 0.05) / (low + 0.05) >= 4.5, (scheme, element)
    assert backs[0] > 0.9 and backs[1] < 0.05


def test_it_opens_without_a_mouse(browser, report):
    """The method is closed at first, and Enter opens it."""
    seen = look(browser, report, "light", PHONE)
    closed = "[...document.querySelectorAll('details')].map(d => d.open)"
    assert seen.value(closed) == [True, False]
    seen.page.locator("summary").last.press("Enter")
    assert seen.value(closed) == [True, True]


def _luminance(color: str) -> float:
    """Relative luminance of ``rgb(r, g, b)``, from 0 to 1."""
    parts = [int(part) / 255 for part in color.removeprefix("rgb(").rstrip(")").split(",")]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
