"""The grammar has no conflicts, and its stored tables can be trusted or are built anew."""

from __future__ import annotations

import os
import stat

import pytest

from pdedsl.diagnostics import Source
from pdedsl.syntax import package_data, read
from pdedsl.syntax import tables as module
from pdedsl.syntax.tables import build_tables, cache_file, cached_tables, grammar_text

TINY = 'start: "a" "b"\nunread: "c"\n'


def test_no_conflicts_and_no_ambiguous_terminals():
    pytest.importorskip("interegular")
    build_tables(grammar_text(), strict=True)


def test_a_conflict_would_be_found():
    pytest.importorskip("interegular")
    with pytest.raises(Exception, match=r"(?i)conflict"):
        build_tables('start: x "+" x | "n"\nx: start | "n"\nunread: "c"\n', strict=True)


def test_empty_grammar_is_an_internal_error(monkeypatch, tmp_path):
    (tmp_path / "pde.lark").write_text(" \n")
    monkeypatch.setattr(package_data, "BESIDE", tmp_path)
    with pytest.raises(RuntimeError, match="grammar"):
        grammar_text()


def test_a_source_tree_reads_its_own_grammar_and_a_package_the_installed_one(monkeypatch, tmp_path):
    def other(package):
        return tmp_path / package

    monkeypatch.setattr(package_data.resources, "files", other)
    assert "The .pde language" in grammar_text()
    (tmp_path / "pdedsl.grammar").mkdir()
    (tmp_path / "pdedsl.grammar" / "pde.lark").write_text("installed")
    monkeypatch.setattr(package_data, "BESIDE", tmp_path / "nothing")
    assert grammar_text() == "installed"


@pytest.fixture
def builds(monkeypatch):
    """Count how often tables are built."""
    counted = []

    def build(grammar, **options):
        counted.append(grammar)
        return build_tables(grammar, **options)

    monkeypatch.setattr(module, "build_tables", build)
    return counted


def _works(parser):
    assert [token.type for token in parser.lex("ab")] == ["A", "B"]


def test_tables_are_stored_and_found_again(tmp_path, builds):
    path = tmp_path / "new" / "grammar.tables"
    for _ in range(3):
        _works(cached_tables(TINY, path))
    assert len(builds) == 1
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: b"",
        lambda raw: b"garbage",
        lambda raw: b"\n\n\n",
        lambda raw: os.urandom(len(raw)),
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw[:-1],
        lambda raw: raw + b"x",
        lambda raw: b"0" * 64 + raw[64:],
    ],
)
def test_damaged_tables_are_built_anew(tmp_path, builds, damage):
    path = tmp_path / "grammar.tables"
    cached_tables(TINY, path)
    path.write_bytes(damage(path.read_bytes()))
    _works(cached_tables(TINY, path))
    _works(cached_tables(TINY, path))
    assert len(builds) == 2


def test_another_grammar_or_version_is_not_confused(tmp_path, builds, monkeypatch):
    path = tmp_path / "grammar.tables"
    cached_tables(TINY, path)
    cached_tables(TINY.replace('"c"', '"d"'), path)
    assert len(builds) == 2
    monkeypatch.setattr(module.lark, "__version__", "0.0.0")
    cached_tables(TINY.replace('"c"', '"d"'), path)
    assert len(builds) == 3


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs POSIX permissions")
@pytest.mark.parametrize("what", ["file", "directory", "link"])
def test_tables_that_others_may_write_are_not_read(tmp_path, builds, what):
    path = tmp_path / "mine" / "grammar.tables"
    cached_tables(TINY, path)
    if what == "link":
        path.rename(tmp_path / "other")
        path.symlink_to(tmp_path / "other")
    else:
        (path if what == "file" else path.parent).chmod(0o777)
    _works(cached_tables(TINY, path))
    assert len(builds) == 2


def test_no_place_to_store(tmp_path, builds):
    (tmp_path / "file").write_text("")
    _works(cached_tables(TINY, tmp_path / "file" / "grammar.tables"))
    _works(cached_tables(TINY, None))
    assert len(builds) == 2


def test_cache_directory(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_file() == tmp_path / "pdedsl" / "grammar.tables"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_file() == tmp_path / ".cache" / "pdedsl" / "grammar.tables"


def test_the_language_is_read_with_stored_tables(tmp_path, monkeypatch):
    for _ in range(2):
        parser = cached_tables(grammar_text(), tmp_path / "grammar.tables")
        monkeypatch.setattr("pdedsl.syntax.tokens.tables", lambda parser=parser: parser)
        monkeypatch.setattr("pdedsl.syntax.parse.tables", lambda parser=parser: parser)
        reading = read(Source("t", "eq: lap(u) = 2*u  on boundary\nlet a = 1"))
        assert len(reading.spec.statements) == 2 and not list(reading.report)
