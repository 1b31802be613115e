"""Data files: formats, and every way in which a file can be wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from checking import LINE, check, codes, problem_of
from scipy.io import savemat

from pdedsl.diagnostics import Source, render
from pdedsl.sema import examine

TEXT = LINE + 'data a(x, t, f) from "{}"\neq: u_t = u_xx\nfit: u = a.f on a\n'
ROWS = [(i / 20, (i * 7 % 20) / 20, i * 0.5) for i in range(20)]
CSV = "x,t,f\n" + "\n".join(f"{x},{t},{f}" for x, t, f in ROWS) + "\n"


def write(folder: Path, content: str | bytes, name: str = "a.csv") -> str:
    """Write the file, return the spec that reads it."""
    data = content if isinstance(content, bytes) else content.encode()
    (folder / name).write_bytes(data)
    return TEXT.format(name)


@pytest.mark.parametrize(
    "content",
    [
        CSV,
        "\ufeff" + CSV,
        CSV.replace("\n", "\r\n"),
        CSV.rstrip("\n"),
        CSV.replace("x,t,f", '"x", "t" ,f'),
        "\n".join(",".join(f'"{e}"' for e in line.split(",")) for line in CSV.split("\n")[:-1]),
        CSV.replace("\n", ",\n").replace("f,", "f"),
        "\n".join(",".join([*line.split(","), "text"]) for line in CSV.split("\n")[:-1]),
    ],
    ids=[
        "plain",
        "bom",
        "crlf",
        "no last newline",
        "quoted",
        "quoted numbers",
        "empty last entries",
        "another column of text",
    ],
)
def test_csv(tmp_path: Path, content: str) -> None:
    text = write(tmp_path, content)
    assert check(text, tmp_path) == []
    (table,) = problem_of(text, tmp_path).tables
    assert table.rows == 20 and table.coordinates == ("x", "t")
    assert np.array_equal(table.columns["f"], [f for _, _, f in ROWS])
    assert table.points().shape == (20, 2)


def test_npz_and_mat(tmp_path: Path) -> None:
    x, t, f = (np.array(c) for c in zip(*ROWS, strict=True))
    np.savez(tmp_path / "a.npz", x=x, t=t, f=f)
    savemat(tmp_path / "a.mat", {"x": x, "t": t, "f": f})
    for name in ("a.npz", "a.mat"):
        (table,) = problem_of(TEXT.format(name), tmp_path).tables
        assert np.array_equal(table.columns["f"], f)


@pytest.mark.parametrize(
    ("content", "code", "word"),
    [
        ("", "E601", "header"),
        ("x,t,f\n", "E601", "rows"),
        ("x,t,g\n0,0,0\n", "E602", "no column f"),
        ("x,x,f\n0,0,0\n", "E602", "two columns"),
        (CSV + "0.5,0.5,abc\n", "E603", "line 22, column f"),
        (CSV + "0.5,0.5\n", "E603", "line 22"),
        (CSV + "0.5,0.5,1,000\n", "E603", "line 22: 4 entries for 3 columns"),
        (CSV + '0.5,0.5,"1,000"\n', "E603", "line 22, column f: '1,000'"),
        (CSV + "0.5,0.5,inf\n", "E603", "finite"),
        (CSV + "1.5,0.5,1\n", "E604", "1 of 21 points"),
        (CSV + "0.5,-3,1\n", "E604", "1 of 21 points"),
        (b"\xff\xfe\x00x", "E601", "UTF-8"),
        (CSV.replace("0\n", "0\x00\n"), "E603", "not a number"),
        ("x,t,f\n" + "1" * 200_000 + ",0,0\n", "E603", "finite"),
    ],
)
def test_wrong_csv(tmp_path: Path, content: str | bytes, code: str, word: str) -> None:
    found = check(write(tmp_path, content), tmp_path)
    assert found[0][0] == code and word in found[0][1], found


@pytest.mark.parametrize("name", ["a.npz", "a.mat"])
@pytest.mark.parametrize("content", [b"", b"garbage" * 100, b"PK\x03\x04" + b"\x00" * 50])
def test_broken_archives(tmp_path: Path, name: str, content: bytes) -> None:
    assert codes(write(tmp_path, content, name), tmp_path) == ["E601"]


@pytest.mark.parametrize(
    ("arrays", "code"),
    [
        ({"x": [0.1, 0.2], "t": [0.1, 0.2], "f": [1.0]}, "E603"),
        ({"x": [0.1], "t": [0.1], "f": ["a"]}, "E603"),
        ({"x": [0.1], "t": [0.1], "f": [1j]}, "E603"),
        ({"x": [], "t": [], "f": []}, "E601"),
        ({"x": [0.1], "t": [0.1]}, "E602"),
    ],
)
def test_wrong_npz(tmp_path: Path, arrays: dict[str, list[object]], code: str) -> None:
    np.savez(tmp_path / "a.npz", **{k: np.array(v) for k, v in arrays.items()})
    assert codes(TEXT.format("a.npz"), tmp_path) == [code]


def test_pickles_are_not_opened(tmp_path: Path) -> None:
    objects = np.array([{"a": 1}], dtype=object)
    np.savez(tmp_path / "a.npz", x=objects, t=objects, f=objects)
    assert codes(TEXT.format("a.npz"), tmp_path) == ["E601"]


@pytest.mark.parametrize(
    "path", ["none.csv", ".", "a.doc", "/dev/zero", "a\\u0000.csv", "x" * 300 + ".csv"]
)
def test_paths(tmp_path: Path, path: str) -> None:
    (tmp_path / "a.doc").write_text(CSV)
    assert codes(TEXT.format(path), tmp_path)[0] == "E601"


def test_nearest_file_and_column(tmp_path: Path) -> None:
    from checking import report

    write(tmp_path, CSV)
    assert "a.csv" in (report(TEXT.format("aa.csv"), tmp_path)[1][0].mend or "")
    text = TEXT.format("a.csv").replace("a.f on", "a.g on")
    assert codes(text, tmp_path)[0] == "E602"


def test_derivatives_of_columns(tmp_path: Path) -> None:
    text = write(tmp_path, CSV).replace("u = a.f on", "u = d(a.f, x) on")
    assert codes(text, tmp_path)[0] in ("E605", "E308")


def test_long_files_are_read_in_parts(tmp_path: Path, monkeypatch) -> None:
    from pdedsl.sema.files import csv_files

    monkeypatch.setattr(csv_files, "_PART", 50)
    (table,) = problem_of(write(tmp_path, CSV), tmp_path).tables
    assert np.array_equal(table.columns["f"], [f for _, _, f in ROWS])
    found = check(write(tmp_path, CSV + "0.5,0.5,1,000\n"), tmp_path)
    assert "line 22" in found[0][1]


@pytest.mark.parametrize(
    "content", ["secret,hidden\n1,2\n", CSV + "secret,hidden,0\n", "x,t,f\nsecret,0,0\n"]
)
def test_messages_show_nothing_of_what_a_link_leads_to(tmp_path: Path, content: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    write(tmp_path / "elsewhere", content, "hidden.csv")
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "a.csv").symlink_to(tmp_path / "elsewhere" / "hidden.csv")
    (folder / "data").symlink_to(tmp_path / "elsewhere")
    for name in ("a.csv", "data/hidden.csv"):
        _, report = examine(Source("t", TEXT.format(name)), folder)
        assert report.errors
        for diagnostic in report:
            shown = render(diagnostic, Source("t", TEXT.format(name))).replace(name, "")
            assert "secret" not in shown and "hidden" not in shown


GRID = TEXT.replace("fit: u = a.f on a", "ic: u = 0 at t = 0\nbc: u = 0 on boundary").replace(
    "u_xx", "u_xx + a.f"
)


@pytest.mark.parametrize("ending", ["npz", "mat"])
@pytest.mark.parametrize("turned", [False, True])
def test_fields_on_grids(tmp_path: Path, ending: str, turned: bool) -> None:
    x, t = np.linspace(0, 1, 3), np.array([0.0, 1.0])
    f = np.arange(6.0).reshape(3, 2)
    arrays = {"x": x, "t": t, "f": f.T if turned else f}
    save = np.savez if ending == "npz" else (lambda name, **a: savemat(name, a))
    save(tmp_path / f"a.{ending}", **arrays)
    (table,) = problem_of(GRID.format(f"a.{ending}"), tmp_path).tables
    rows = np.stack([table.columns[c] for c in "xtf"], axis=1)
    assert rows.tolist() == [[x[i], t[j], f[i, j]] for i in range(3) for j in range(2)]


def test_square_fields_are_in_the_order_of_the_coordinates(tmp_path: Path) -> None:
    ends, f = np.array([0.0, 1.0]), np.arange(4.0).reshape(2, 2)
    np.savez(tmp_path / "a.npz", x=ends, t=ends, f=f)
    (table,) = problem_of(GRID.format("a.npz"), tmp_path).tables
    assert table.columns["f"].tolist() == [0, 1, 2, 3] and table.columns["x"][1] == 0.0
    swapped = GRID.replace("a(x, t, f)", "a(t, x, f)").format("a.npz")
    (table,) = problem_of(swapped, tmp_path).tables
    assert table.columns["t"][1] == 0.0 and table.columns["x"][1] == 1.0


def test_headers_with_units(tmp_path: Path) -> None:
    head = '"Pos, m",t,Temp [C]'
    text = write(tmp_path, CSV.replace("x,t,f", head))
    text = text.replace("a(x, t, f)", 'a(x = "Pos, m", t, u = "Temp [C]")').replace("a.f", "a.u")
    (table,) = problem_of(text, tmp_path).tables
    assert np.array_equal(table.columns["u"], [f for _, _, f in ROWS])


def test_the_note_says_how_a_column_is_interpolated(tmp_path: Path) -> None:
    from pdedsl.sema.lints.interpolation import table_notes

    x, t = np.linspace(0, 1, 9), np.linspace(0, 1, 5)
    np.savez(tmp_path / "a.npz", x=x, t=t, f=np.where(x < 0.5, 1, 12)[:, None] * np.ones(5))
    (note,) = table_notes(problem_of(GRID.format("a.npz"), tmp_path))
    assert "linearly, as a cubic spline would leave the range" in note
    stated = GRID.format("a.npz").replace('.npz"', '.npz" nearest')
    assert "by the nearest one" in table_notes(problem_of(stated, tmp_path))[0]
    assert codes(stated.replace("nearest", "cubic"), tmp_path) == ["L119"]
