"""``mesh("part.stl")``: both kinds of STL files, and what is said of broken ones."""

import numpy as np
import pytest

from pdedsl.diagnostics import Source, UserError
from pdedsl.geometry import domain_bounds, domain_region
from pdedsl.ir.text import problem_text
from pdedsl.sema import problem_of
from tests.geometry.test_mesh_bodies import box_triangles

SPEC = """
param s = 0.5
domain D: (x, y, z) in {}
unknown u(x, y, z)
eq: lap(u) = 0
bc: u = x on boundary
"""


def binary(triangles):
    kind = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("rest", "<u2")])
    rows = np.zeros(len(triangles), kind)
    rows["corners"] = triangles
    # Some programs start binary files like text.
    return b"solid".ljust(80) + np.uint32(len(rows)).tobytes() + rows.tobytes()


def ascii_(triangles):
    lines = ["solid part"]
    for corners in triangles:
        lines += [" facet normal 0 0 0", "  outer loop"]
        lines += [f"   vertex {x:.6e} {y:.6e} {z:.6e}" for x, y, z in corners]
        lines += ["  endloop", " endfacet"]
    return "\n".join([*lines, "endsolid part"]).encode()


def problem(folder, region):
    return problem_of(Source("p.pde", SPEC.format(region)), folder)


def refusal(folder, region):
    with pytest.raises(UserError) as caught:
        problem(folder, region)
    return caught.value.diagnostics[0]


BOX = box_triangles((0, 0, 0), (1, 2, 4))


@pytest.mark.parametrize("written", [binary, ascii_])
def test_a_file_gives_a_domain(tmp_path, written):
    (tmp_path / "part.stl").write_bytes(written(BOX))
    found = problem(tmp_path, 'mesh("part.stl", scale = s)')
    assert list(domain_bounds(found, "D").values()) == [(0.0, 0.5), (0.0, 1.0), (0.0, 2.0)]
    assert domain_region(found, found.domain("D")).volume == pytest.approx(1)
    assert 'in mesh("part.stl", scale = s)' in problem_text(found)
    assert [m.path for m in found.meshes] == ["part.stl"]


def test_meshes_are_sets_like_others(tmp_path):
    (tmp_path / "part.stl").write_bytes(binary(BOX))
    found = problem(tmp_path, 'shift(mesh("part.stl"), (1, 0, 0)) minus [0, 1.5]^3')
    region = domain_region(found, found.domain("D"))
    assert list(region.level(np.array([[1.2, 1, 1], [1.2, 1, 2], [0.5, 1, 2]])) < 0) == [
        False, True, False,
    ]  # fmt: skip
    assert [m.path for m in found.meshes] == ["part.stl"]


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (binary(BOX)[:-20], "E601", "cut off: 12 triangles take 684 bytes, and it has 664"),
        (b"solid\nfacet normal 0 0 1\nvertex 0 0 0\n", "E601", "1 facets have 1 corners"),
        (b"hello", "E601", "is no STL file"),
        (binary(BOX[:-1]), "E401", "is not closed: 3 edges"),
        (ascii_(BOX).replace(b"e+00 ", b"f+00 ", 1), "E601", "corners that are not numbers"),
    ],
)
def test_broken_files_are_told_at_the_path(tmp_path, content, code, message):
    (tmp_path / "part.stl").write_bytes(content)
    found = refusal(tmp_path, 'mesh("part.stl")')
    assert found.code == code and message in found.message
    start = SPEC.format('mesh("part.stl")').index('"part')
    assert found.span is not None and found.span.start == start


@pytest.mark.parametrize(
    ("region", "code", "mend"),
    [
        ('mesh("prt.stl")', "E601", 'did you mean "part.stl"?'),
        ('mesh("part.obj")', "E601", 'did you mean "part.stl"?'),
        ("mesh(part)", "E206", 'write mesh("part.stl")'),
        ("mesh()", "E206", 'write mesh("part.stl")'),
        ('mesh("part.stl", scal = 2)', "E206", "did you mean scale?"),
        ('mesh("part.stl", scale = -1)', "E407", None),
        ('ball(center = ("part.stl"), radius = 1)', None, None),
        ('ball(center = (0, 0, 0), radius = sin("part.stl"))', "E301", 'mesh("part.stl")'),
    ],
)
def test_wrong_calls_are_told(tmp_path, region, code, mend):
    (tmp_path / "part.stl").write_bytes(binary(BOX))
    found = refusal(tmp_path, region)
    assert code is None or found.code == code
    assert mend is None or mend in (found.mend or "")


def test_mesh_is_no_reserved_word(tmp_path):
    text = """
        param mesh = 2
        domain D: x in [0, mesh]
        unknown u(x)
        eq: u_xx = 0
        bc: u = 0 on boundary
    """
    assert problem_of(Source("p.pde", text), tmp_path)
