"""Files that cannot be read as text say why."""

from __future__ import annotations

import os

import pytest

from pdedsl.diagnostics import UserError
from pdedsl.syntax import load_source
from pdedsl.syntax.limits import MAX_BYTES


@pytest.fixture
def failing(tmp_path):
    """The diagnostic and the rendered text for a file with the given bytes."""

    def load(raw):
        path = tmp_path / "a.pde"
        path.write_bytes(raw)
        with pytest.raises(UserError) as caught:
            load_source(path)
        (diagnostic,) = caught.value.diagnostics
        return diagnostic, str(caught.value)

    return load


def test_text(tmp_path):
    path = tmp_path / "a.pde"
    path.write_bytes("\ufefflet ν = 1\r\n".encode())
    source = load_source(path)
    assert source.name == str(path)
    assert source.text == "let ν = 1\r\n"
    assert load_source(str(path)).text == source.text


def test_missing_file(tmp_path):
    (tmp_path / "heat.pde").write_text("let a = 1")
    for name, mend in (("no", None), ("heat", f"did you mean {tmp_path / 'heat.pde'}?")):
        with pytest.raises(UserError) as caught:
            load_source(tmp_path / name)
        (diagnostic,) = caught.value.diagnostics
        assert (diagnostic.code, diagnostic.mend) == ("E111", mend)
        assert "no such file" in str(caught.value) and str(tmp_path / name) in str(caught.value)


def test_directory(tmp_path):
    with pytest.raises(UserError, match="directory"):
        load_source(tmp_path)


def test_impossible_path():
    for path in ("a\0b", "x" * 5000):
        with pytest.raises(UserError, match="E111"):
            load_source(path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_unreadable(tmp_path):
    path = tmp_path / "a.pde"
    path.write_text("let a = 1")
    path.chmod(0)
    with pytest.raises(UserError, match="permission"):
        load_source(path)


@pytest.mark.parametrize("raw", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_empty(failing, raw):
    diagnostic, _ = failing(raw)
    assert (diagnostic.code, diagnostic.message) == ("E111", "the file is empty")


def test_wrong_encoding_names_byte_and_line(failing):
    diagnostic, text = failing(b"let a = 1\n# gr\xfcn\nlet b = 2\n")
    assert (diagnostic.code, diagnostic.mend) == ("E111", "save it as UTF-8")
    assert "a.pde:2:5: error[E111]: the byte 0xFC is not UTF-8 text" in text


def test_utf16(failing):
    diagnostic, _ = failing("let a = 1".encode("utf-16"))
    assert "UTF-16" in diagnostic.message and diagnostic.mend == "save it as UTF-8"


def test_nul(failing):
    diagnostic, text = failing(b"let a = 1\nlet\0 b = 2")
    assert diagnostic.code == "E111" and "a.pde:2:4" in text


def test_size(failing, tmp_path):
    assert failing(b"#" * (MAX_BYTES + 1))[0].code == "E701"
    path = tmp_path / "b.pde"
    path.write_bytes(b"#" * MAX_BYTES)
    assert len(load_source(path).text) == MAX_BYTES


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="needs a device without end")
def test_a_device_without_end():
    with pytest.raises(UserError, match="E701"):
        load_source("/dev/zero")
