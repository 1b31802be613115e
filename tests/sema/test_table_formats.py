"""Tables as people have them: signs between columns, units, gaps, matrices, grids, NetCDF."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from checking import LINE, check, codes, problem_of, report
from scipy.io import savemat

from pdedsl.ir import Table
from pdedsl.sema.lints.interpolation import table_notes

TEXT = LINE + 'data a(x, t, f) from "{}"\neq: u_t = u_xx\nfit: u = a.f on a\n'
GRID = TEXT.replace("fit: u = a.f on a", "ic: u = 0 at t = 0\nbc: u = 0 on boundary").replace(
    "u_xx", "u_xx + a.f"
)
ROWS = np.array([[i / 20, (i * 7 % 20) / 20, -i * 0.5] for i in range(20)])


def text_of(sign: str, head: str = "x,t,f", between: str = "") -> str:
    rows = [sign.join(map(str, row)) for row in ROWS.tolist()]
    return "\n".join([head.replace(",", sign), *([between] if between else []), *rows]) + "\n"


def table(folder: Path, content: str, name: str = "a.csv", text: str = TEXT) -> Table:
    (folder / name).write_text(content, encoding="utf-8")
    (found,) = problem_of(text.format(name), folder).tables
    return found


def rows_of(found: Table, names: str = "xtf") -> np.ndarray:
    return np.stack([found.columns[name] for name in names], axis=1)


@pytest.mark.parametrize("sign", [";", "\t", "|", " ", "   ", " \t "])
@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.tsv", "a.dat"])
def test_signs_between_columns(tmp_path: Path, sign: str, name: str) -> None:
    assert np.array_equal(rows_of(table(tmp_path, text_of(sign), name)), ROWS)


@pytest.mark.parametrize("sign", [",", ";", "\t", " "])
def test_quoted_names_with_other_signs(tmp_path: Path, sign: str) -> None:
    text = TEXT.replace("a(x, t, f)", 'a(x = "Pos, m", t, f = "Temp; C")')
    content = text_of(sign, "X,t,F").replace("X", '"Pos, m"').replace("F", '"Temp; C"')
    assert np.array_equal(rows_of(table(tmp_path, content, text=text)), ROWS)


def test_names_in_a_comment_as_numpy_writes_them(tmp_path: Path) -> None:
    np.savetxt(tmp_path / "a.txt", ROWS, header="measured today\nx t f")
    (found,) = problem_of(TEXT.format("a.txt"), tmp_path).tables
    assert np.array_equal(rows_of(found), ROWS)


def test_comments_above_and_between_are_no_rows(tmp_path: Path) -> None:
    content = "# Logger 7\n\n" + text_of(",") + "# the end\n"
    assert np.array_equal(rows_of(table(tmp_path, content)), ROWS)
    (tmp_path / "a.csv").write_text(content + "0.5,0.5,oops\n")
    assert "line 25, column f: 'oops'" in check(TEXT.format("a.csv"), tmp_path)[0][1]


@pytest.mark.parametrize("units", ["m,s,degC", "[m],[s],[K]", "m,s,-", "1,1,K", "mm,s,W/(m·K)"])
def test_a_row_of_units_is_left_out_and_said(tmp_path: Path, units: str) -> None:
    found = table(tmp_path, text_of(",", between=units))
    assert np.array_equal(rows_of(found), ROWS)
    assert found.notes == (f"the row of units in a.csv, {units}, is left out",)


def test_units_with_semicolons(tmp_path: Path) -> None:
    assert np.array_equal(rows_of(table(tmp_path, text_of(";", between="m;s;K"))), ROWS)


@pytest.mark.parametrize("row", ["0.1,0.1,oops", "0.1,K,K", "12:30,0.1,1"])
def test_a_first_row_with_numbers_is_no_row_of_units(tmp_path: Path, row: str) -> None:
    (tmp_path / "a.csv").write_text(text_of(",", between=row))
    assert codes(TEXT.format("a.csv"), tmp_path) == ["E603"]


@pytest.mark.parametrize("entry", ["", "nan", "NaN", "NA", "n/a", "null", " "])
def test_rows_without_a_value_are_left_out_and_counted(tmp_path: Path, entry: str) -> None:
    content = text_of(",") + f"0.5,0.5,{entry}\n0.6,0.6,7\n0.7,{entry},1\n"
    found = table(tmp_path, content)
    assert np.array_equal(rows_of(found), [*ROWS.tolist(), [0.6, 0.6, 7]])
    assert found.notes == ("2 of 23 rows of a.csv without a value of t, f are left out",)
    (note,) = table_notes(problem_of(TEXT.format("a.csv"), tmp_path))
    assert note == found.notes[0]
    assert check(TEXT.format("a.csv"), tmp_path) == []


def test_a_value_that_nobody_wants_may_be_missing(tmp_path: Path) -> None:
    found = table(tmp_path, "x,t,f,g\n0.1,0.1,1,\n0.2,0.2,2,x\n0.3,0.3,3,nan\n")
    assert found.rows == 3 and found.notes == ()


def test_rows_are_told_by_their_number_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,t,f\n0.1,0.1,nan\n0.2,0.2,1\n7,0.2,1\n")
    assert "the first is row 3, x = 7" in check(TEXT.format("a.csv"), tmp_path)[0][1]


def test_no_row_with_all_values(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,t,f\n0.1,0.1,nan\n0.2,0.2,\n")
    ((code, message),) = [d[:2] for d in check(TEXT.format("a.csv"), tmp_path)][:1]
    assert code == "E601" and "no row with all values: f" in message


@pytest.mark.parametrize(("content", "mend"), [
    ("x;t;f\n0,5;0,5;1,5\n", "write decimal points in place of commas, such as 0.5"),
    ("x\tt\tf\n0.5\t0.5\t-1,5\n", "write decimal points in place of commas, such as -1.5"),
    ("x,t,f\n0,5,0,5,1,5\n", "a number has a decimal point and no other sign, such as 1000.5"),
    ('x,t,f\n"0,5","0,5","1,5"\n', "write decimal points in place of commas, such as 0.5"),
])  # fmt: skip
def test_decimal_commas_are_told(tmp_path: Path, content: str, mend: str) -> None:
    (tmp_path / "a.csv").write_text(content)
    (found,) = report(TEXT.format("a.csv"), tmp_path)[1]
    assert (found.code, found.mend) == ("E603", mend)


@pytest.mark.parametrize("time", ["2024-05-01 12:00", "12:30:05", "1.5.2024", "5/1/24"])
def test_dates_are_told(tmp_path: Path, time: str) -> None:
    (tmp_path / "a.csv").write_text(f"x,t,f\n0.5,{time},1.5\n")
    (found,) = report(TEXT.format("a.csv"), tmp_path)[1]
    assert found.mend == "write times as numbers, such as seconds from the first"


def test_a_column_may_bear_the_name_of_an_unknown(tmp_path: Path) -> None:
    text = TEXT.replace("a(x, t, f)", 'a(x, t, u = "Temp [C]")').replace("a.f", "a.u")
    found = table(tmp_path, text_of(";", "x,t,Temp [C]", between="m;s;"), text=text)
    assert np.array_equal(rows_of(found, "xtu"), ROWS)


def save(path: Path, **arrays: np.ndarray) -> str:
    if path.suffix == ".mat":
        savemat(path, arrays)
    else:
        np.savez(path, **arrays)
    return path.name


@pytest.mark.parametrize("ending", ["npz", "mat"])
def test_columns_of_matrices(tmp_path: Path, ending: str) -> None:
    name = save(tmp_path / f"a.{ending}", X=ROWS[:, :2], F=ROWS[:, 2:])
    text = TEXT.replace("a(x, t, f)", 'a(x = "X[1]", t = "X[2]", f = "F")')
    (found,) = problem_of(text.format(name), tmp_path).tables
    assert np.array_equal(rows_of(found), ROWS)
    beyond = text.replace("X[2]", "X[3]").format(name)
    assert codes(beyond, tmp_path) == ["E602"]
    whole = TEXT.replace("a(x, t, f)", 'a(x = "X", t, f = "F")').replace(", t,", ', t = "F",')
    (told,) = report(whole.format(name), tmp_path)[1]
    assert told.code == "E603" and 'x = "X[1]"' in (told.mend or "")


@pytest.mark.parametrize("ending", ["npz", "mat"])
def test_points_in_the_plane_beside_times(tmp_path: Path, ending: str) -> None:
    """As of measured wakes: X of N by 2, t of T by 1, U of N by 2 by T, P of N by T."""
    generator = np.random.default_rng(0)
    points, t = generator.uniform(0, 1, (7, 2)), np.linspace(0, 1, 4)
    u, p = generator.uniform(size=(7, 2, 4)), generator.uniform(size=(7, 4))
    name = save(tmp_path / f"a.{ending}", X=points, t=t[:, None], U=u, p=p)
    text = (
        "domain D: (x, y) in [0, 1]^2\ntime t in [0, 1]\nunknown v(x, y, t)\n"
        'data a(x = "X[1]", y = "X[2]", t, u2 = "U[2]", p) from "{}"\n'
        "eq: v_t = lap(v)\nfit: v = a.p on a\n"
    )
    (found,) = problem_of(text.format(name), tmp_path).tables
    expected = [[*points[i], t[k], u[i, 1, k], p[i, k]] for i in range(7) for k in range(4)]
    assert np.array_equal(
        np.stack([found.columns[c] for c in ("x", "y", "t", "u2", "p")], axis=1), expected
    )


def test_a_matrix_of_numpy(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", ROWS)
    (found,) = problem_of(TEXT.format("a.npy"), tmp_path).tables
    assert np.array_equal(rows_of(found), ROWS)
    by_number = TEXT.replace("a(x, t, f)", 'a(x = "2", t = "1", f = "3")').format("a.npy")
    (found,) = problem_of(by_number, tmp_path).tables
    assert np.array_equal(found.columns["x"], ROWS[:, 1])
    fewer = TEXT.replace("a(x, t, f)", "a(x, f)").format("a.npy")
    assert codes(fewer, tmp_path)[0] == "E602"
    kinds = [(name, float) for name in "xft"]
    records = np.array([*map(tuple, ROWS[:, [0, 2, 1]])], dtype=kinds)
    np.save(tmp_path / "b.npy", records)
    (found,) = problem_of(TEXT.format("b.npy"), tmp_path).tables
    assert np.array_equal(rows_of(found), ROWS)


@pytest.mark.parametrize("ending", ["npz", "mat"])
def test_gaps_of_a_grid_are_left_out(tmp_path: Path, ending: str) -> None:
    x, t = np.linspace(0, 1, 3), np.array([0.0, 1.0])
    f = np.array([[1.0, 2.0], [np.nan, 4.0], [5.0, 6.0]])
    (found,) = problem_of(
        TEXT.format(save(tmp_path / f"a.{ending}", x=x, t=t, f=f)), tmp_path
    ).tables
    assert found.columns["f"].tolist() == [1, 2, 4, 5, 6] and found.layout == "scattered"
    assert "1 of 6 rows" in found.notes[0]


@pytest.mark.parametrize("order", [("x", "t"), ("t", "x")])
def test_netcdf_as_xarray_writes_it(tmp_path: Path, order: tuple[str, str]) -> None:
    """Axes go by their names, which tells x from t where there are as many of both."""
    xarray = pytest.importorskip("xarray")
    x, t = np.linspace(0, 1, 3), np.array([0.0, 0.5, 1.0])
    f = np.arange(9.0).reshape(3, 3)
    f[1, 2] = np.nan
    whole = xarray.Dataset({"f": (("x", "t"), f)}, coords={"x": x, "t": t}).transpose(*order)
    encoding = {"f": {"dtype": "int16", "scale_factor": 0.5, "_FillValue": -1}}
    for number, own in enumerate(({}, encoding)):
        name = f"a{number}.nc"
        whole.to_netcdf(tmp_path / name, format="NETCDF3_64BIT", engine="scipy", encoding=own)
        (found,) = problem_of(TEXT.format(name), tmp_path).tables
        expected = [[x[i], t[k], f[i, k]] for i in range(3) for k in range(3) if (i, k) != (1, 2)]
        assert np.allclose(rows_of(found), expected)


@pytest.mark.parametrize(("name", "word"), [("a.nc", "NETCDF3_64BIT"), ("a.mat", '"-v7"')])
def test_hdf5_is_told_with_how_to_save_it(tmp_path: Path, name: str, word: str) -> None:
    (tmp_path / name).write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    (found,) = report(TEXT.format(name), tmp_path)[1]
    assert found.code == "E601" and word in (found.mend or "")


@pytest.mark.parametrize("name", ["a.nc", "a.npy"])
@pytest.mark.parametrize("content", [b"", b"garbage" * 100, b"CDF\x01" + b"\xff" * 30])
def test_broken_files(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert codes(TEXT.format(name), tmp_path) == ["E601"]
