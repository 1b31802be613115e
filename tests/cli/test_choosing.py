"""What is said while a method is chosen."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from pdedsl.choice import tuning
from pdedsl.cli import choosing
from pdedsl.cli.choosing import Choosing


@pytest.fixture
def clock(monkeypatch):
    moments = iter([0.0, 0.5, 2.5, 3.0, 5.0])
    monkeypatch.setattr(choosing.time, "monotonic", lambda: next(moments))


def test_a_word_every_two_seconds(clock, capsys):
    told = Choosing()
    for text in ("one", "two", "three", "four"):
        told.update(text)
    said = capsys.readouterr()
    assert said.err == "choosing a method  2 s  two\nchoosing a method  5 s  four\n"
    assert said.out == ""


def test_quiet(clock, capsys):
    told = Choosing(quiet=True)
    for text in ("one", "two", "three", "four"):
        told.update(text)
    assert capsys.readouterr().err == ""


def test_a_basis_has_nothing_to_compile(run):
    how = ("solve", "line.pde", "--iterations", 2, "--budget", 5, "--no-plots")
    basis = ("--with", "model.kind=basis", "--with", "model.modes=6")
    words = "compile: without effect, because a basis has no layers"
    result = run(*how, *basis, "--compile")
    assert result.exit_code == 0, result.stderr
    assert result.stderr.count(words) == 1
    assert words not in run(*how, *basis).stderr
    assert words not in run(*how, *basis, "--compile", "--quiet").stderr


def test_bases_are_told(run, place, monkeypatch):
    (place / "slow.pde").write_text(
        "param a in [1, 2]\ndomain Omega: (x, y) in [0, 1]^2\nunknown u(x, y, a)\n"
        "eq: lap(u) + a*integral(u, Omega) = 1\nbc: u = 0  on boundary\n"
    )
    monkeypatch.setattr(choosing, "_PAUSE", 0.0)
    brief = replace(tuning.BUDGET, least_search=1.8)
    monkeypatch.setattr("pdedsl.choice.basis.find_basis.BUDGET", brief)
    result = run("solve", "slow.pde", "--budget", 9, "--iterations", 1, "--no-plots")
    assert re.search(r"a basis of \d+ functions leaves a residual of", result.stderr)
    spent = "the time for them is spent|the budget has no time for them"
    assert re.search(f"larger bases were not tried, as ({spent})", result.stderr)
