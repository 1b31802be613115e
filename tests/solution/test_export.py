"""Solutions as files: what stands in them is read back by a reader of its own."""

from __future__ import annotations

import base64
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from tests import small
from tests.plots.test_shape_pictures import BODY, HEAT, HOLED, TWO, solved

KINDS = {"Float64": "<f8", "Int64": "<i8", "Int32": "<i4", "UInt8": "u1"}


def read(path):
    """Name to array of a file of one grid."""
    found = {}
    for own in ET.parse(path).getroot().iter("DataArray"):
        content = base64.b64decode(own.text)
        assert int(np.frombuffer(content[:8], "<u8")[0]) == len(content) - 8
        values = np.frombuffer(content[8:], KINDS[own.get("type")])
        found[own.get("Name")] = values.reshape(-1, int(own.get("NumberOfComponents", 1)))
    return found


def areas(data):
    corners = data["Points"][data["connectivity"].reshape(len(data["offsets"]), -1)]
    edges = corners[:, 1:] - corners[:, :1]
    return np.sqrt(np.maximum(np.linalg.det(edges @ edges.transpose(0, 2, 1)), 0.0))


def test_a_shape_is_triangles(tmp_path):
    assert solved(HOLED).export(tmp_path / "u.vtu", cells=20) == [tmp_path / "u.vtu"]
    data = read(tmp_path / "u.vtu")
    x, y, z = data["Points"].T
    assert data["u"][:, 0] == pytest.approx(x * y, abs=1e-9) and (z == 0).all()
    assert (np.hypot(x - 0.2, y - 0.1) > 0.5 - 1e-9).all() and (data["types"] == 5).all()
    assert areas(data).sum() / 2 == pytest.approx(4 - np.pi / 4, rel=1e-3)


def test_a_body_is_tetrahedra(tmp_path):
    solved(BODY).export(tmp_path / "u.vtu", cells=12)
    data = read(tmp_path / "u.vtu")
    assert (data["types"] == 10).all()
    assert areas(data).sum() / 6 == pytest.approx(7 / 6 * np.pi, rel=0.02)
    assert data["u"][:, 0] == pytest.approx(data["Points"] @ [1, 0, 1], abs=1e-8)


def test_domains_side_by_side(tmp_path):
    solved(TWO).export(tmp_path / "u.npz", cells=16)
    data = np.load(tmp_path / "u.npz")
    inner, outer = (np.unique(data["cells"][data["domains"] == i]) for i in (0, 1))
    assert np.isfinite(data["field_u"][inner]).all() and np.isfinite(data["field_v"][outer]).all()
    assert np.isnan(data["field_u"]).any() and np.isnan(data["field_v"]).any()


def test_time_is_a_series(tmp_path):
    names = solved(HEAT).export(tmp_path / "u.pvd", cells=8, times=3)
    assert [n.name for n in names] == ["u.pvd", "u_000.vtu", "u_001.vtu", "u_002.vtu"]
    rows = ET.parse(names[0]).getroot().iter("DataSet")
    assert [float(row.get("timestep")) for row in rows] == [0.0, 0.5, 1.0]
    solved(HEAT).export(tmp_path / "u.csv", cells=4, at={"t": 0.5})
    assert (tmp_path / "u.csv").read_text().startswith("x,y,u\n")


def test_time_that_nobody_asked_for_has_all_moments_or_its_end(tmp_path):
    solution, told = solved(HEAT), []
    solution.export(tmp_path / "u.csv", cells=4, times=3, tell=told.append)
    assert told == ["t at 3 moments from 0 to 1; --times takes more of them, --at t=1 one"]
    rows = np.genfromtxt(tmp_path / "u.csv", delimiter=",", names=True)
    assert rows.dtype.names == ("x", "y", "t", "u") and set(rows["t"]) == {0.0, 0.5, 1.0}
    at = solution(x=rows["x"], y=rows["y"], t=rows["t"])
    assert rows["u"] == pytest.approx(at, rel=1e-12, abs=1e-14, nan_ok=True)
    solution.export(tmp_path / "u.npz", cells=4, times=3)
    data = np.load(tmp_path / "u.npz")
    assert data["times"].tolist() == [0.0, 0.5, 1.0]
    assert data["field_u"].ravel() == pytest.approx(rows["u"], nan_ok=True)
    solution.export(tmp_path / "u.vtu", cells=4, tell=told.append)
    assert read(tmp_path / "u.vtu")["u"][:, 0] == pytest.approx(data["field_u"][-1], nan_ok=True)
    assert told[1:] == ["t = 1, its end; --at t=0 takes another, .pvd several"]
    with pytest.raises(ValueError, match=r"t = 3 lies outside of \[0, 1\]"):
        solution.export(tmp_path / "u.csv", at={"t": 3.0})
    with pytest.raises(ValueError, match="too many for a table; take fewer with --times"):
        solution.export(tmp_path / "u.csv", times=10**7)


def test_what_depends_on_time_alone_is_a_line_of_it(tmp_path):
    solution = small.solved(small.ODES)
    solution.export(tmp_path / "u.csv", cells=4)
    rows = np.genfromtxt(tmp_path / "u.csv", delimiter=",", names=True)
    assert rows.dtype.names == ("t", "a", "b") and rows["t"].tolist() == [0, 0.5, 1, 1.5, 2]
    assert rows["b"] == pytest.approx(solution(t=rows["t"])["b"])


def test_boxes_vectors_and_lines(tmp_path):
    small.solved(small.PLANE_VECTOR).export(tmp_path / "v.vtu", cells=5)
    assert read(tmp_path / "v.vtu")["v"].shape[1] == 3
    small.solved(small.LINE).export(tmp_path / "u.vtu", cells=5)
    assert (read(tmp_path / "u.vtu")["types"] == 3).all()
    for text, name in ((small.FAMILY, "u.vtu"), (small.PLANE, "u.stl")):
        with pytest.raises(ValueError, match=r"mesh|ending|needs a value"):
            small.solved(text).export(tmp_path / name)


def test_a_grid_over_all_inputs(tmp_path):
    xarray = pytest.importorskip("xarray")
    solution = small.solved(small.SHORT_HEAT, 2)
    (path,) = solution.export(tmp_path / "heat.nc", cells=10)
    with xarray.open_dataset(path, engine="scipy") as data:
        assert data["u"].dims == ("x", "t")
        assert data.attrs["title"] == "heat"
        values = data["u"].sel(x=0.5, t=0.1, method="nearest")
        assert float(values) == pytest.approx(float(solution(x=0.5, t=0.1)), rel=1e-12)
    solution.export(path, cells=10, at={"t": 0.2})
    with xarray.open_dataset(path, engine="scipy") as data:
        assert data["u"].dims == ("x",)
        assert float(data["t"]) == 0.2
        assert float(data["u"][3]) == pytest.approx(float(solution(x=0.3, t=0.2)), rel=1e-12)
    with pytest.raises(ValueError, match=r"t = 3 lies outside of \[0, 0.2\]"):
        solution.export(path, at={"t": 3.0})
    with pytest.raises(ValueError, match="too many; take fewer with --cells"):
        solution.export(path, cells=10**5)


def test_a_grid_around_a_hole_has_no_values_outside(tmp_path):
    xarray = pytest.importorskip("xarray")
    (path,) = solved(HOLED).export(tmp_path / "holed.nc", cells=8)
    with xarray.open_dataset(path, engine="scipy") as data:
        assert bool(data["u"].sel(x=0.25, y=0.0).isnull())
        assert float(data["u"].sel(x=-1.0, y=1.0)) == pytest.approx(-1.0, abs=1e-6)
