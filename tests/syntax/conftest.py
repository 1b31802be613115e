"""Short ways to read a text."""

from __future__ import annotations

import pytest

from pdedsl.diagnostics import Source
from pdedsl.syntax import read


@pytest.fixture(scope="session")
def reading_of():
    """Read a text as a file."""
    return lambda text: read(Source("test.pde", text))


@pytest.fixture(scope="session")
def statement_of(reading_of):
    """The single statement of a text without errors."""

    def single(text):
        reading = reading_of(text)
        assert not list(reading.report)
        (statement,) = reading.spec.statements
        return statement

    return single


@pytest.fixture(scope="session")
def only_error(reading_of):
    """The single diagnostic of a text."""

    def single(text):
        (diagnostic,) = reading_of(text).report
        return diagnostic

    return single
