"""Options and helpers that all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("GOMP_SPINCOUNT", "2000")  # as the command line does

ROOT = Path(__file__).parents[1]
SPECS = sorted((ROOT / "specs").glob("*.pde"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--promote",
        action="store_true",
        help="write what came as what is expected in tests/golden; review it with git diff",
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest):
    """Compare a text with the expected file, or write it under ``--promote``."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--promote"):
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path.name} is missing: run pytest tests/golden --promote"
        assert text == path.read_text(encoding="utf-8")

    return compare
