"""Points of a system: on faces, with conditions, on slices."""

from __future__ import annotations

import pytest
import sympy as sp
import torch

from pdedsl.compiler import build
from pdedsl.diagnostics import UserError
from pdedsl.ir import (
    Boundary,
    Slice,  # fmt: skip,
)

from .problems import (
    box,
    faces,
    field,
    interval,
    law,
    problem,
    t,
    x,
    y,  # fmt: skip,
)
from .test_system import SMALL, SQUARE, F, system


def test_faces_lie_on_the_boundary_with_outward_normals() -> None:
    s = system(points={"wall": 400, "eq": 4, "ic": 4, "loop": 4})
    block = next(b for b in s.blocks if b.label == "wall")
    points, normals = block.points, block.data.normals
    assert normals is not None
    low, high = torch.tensor([-1.0, 0.0], dtype=F), torch.tensor([2.0, 1.0], dtype=F)
    on = torch.where(normals > 0, high, low)
    assert torch.equal(points[:, :2][normals != 0], on[normals != 0])
    assert torch.equal(normals.abs().sum(dim=1), torch.ones(len(points), dtype=F))
    # By area: sides of length 1 and 3.
    counts = [int((normals[:, axis] == side).sum()) for axis in (0, 1) for side in (-1, 1)]
    assert counts == [50, 50, 150, 150]
    # Opposite sides do not share their sequence.
    left, right = points[normals[:, 0] == -1, 1], points[normals[:, 0] == 1, 1]
    assert not torch.equal(left, right)
    assert (points[:, 2] >= 0).all()
    assert points[:, 2].max() > 2.5


def test_small_faces_get_some_points() -> None:
    region = box((0, 1000), (0, 1))
    u = field("u", x, y)
    p = problem(
        coordinates=(x, y), region=region, fields=(u,),
        laws=(law("bc", "bc", Boundary("Omega", faces((x, y), region)), u.components[0]),),
    )  # fmt: skip
    normals = build(p, SMALL, points={"bc": 40}).blocks[0].data.normals
    assert normals is not None
    assert int((normals[:, 0] == 1).sum()) == 4


def test_conditions_on_a_boundary_hold_at_every_point() -> None:
    u = field("u", x, y)
    where = sp.Or(y > sp.Rational(9, 10), sp.And(x < sp.Rational(1, 5), y <= 0))
    place = Boundary("Omega", faces((x, y), SQUARE), where=where)
    p = problem(
        coordinates=(x, y), region=SQUARE, fields=(u,),
        laws=(law("bc", "bc", place, u.components[0]),),
    )  # fmt: skip
    for kind in ("sobol", "grid", "lhs", "uniform", "gauss"):
        points = build(p, SMALL, points={"bc": 100}, sampling=kind).blocks[0].points
        # Gauss nodes crowd towards the edges, where the conditions hold.
        assert len(points) == pytest.approx(100, abs=25 if kind == "gauss" else 8)
        assert all(where.subs({x: a, y: b}) for a, b in points.tolist())
        assert (points[:, 1] == 0).sum() >= 4
        assert (points[:, 1] == 1).sum() > 50


def test_a_condition_that_never_holds_is_an_error_of_the_spec() -> None:
    u = field("u", x, y)
    place = Boundary("Omega", faces((x, y), SQUARE), where=x + y > 7)
    p = problem(
        coordinates=(x, y), region=SQUARE, fields=(u,),
        laws=(law("bc", "bc", place, u.components[0]),),
    )  # fmt: skip
    with pytest.raises(UserError) as caught:
        build(p, SMALL)
    assert [d.code for d in caught.value.diagnostics] == ["E407"]


def test_slices_fix_what_they_say() -> None:
    u = field("u", x, y, t)
    (w,) = u.components
    p = problem(
        coordinates=(x, y), region=SQUARE, time=interval(t, 0, 2), fields=(u,),
        laws=(
            law("ic", "ic", Slice("Omega", ((t, sp.S.One),)), w),
            law("eq", "gauge", Slice("Omega", ((x, sp.S.Half), (y, sp.S.Zero))), w),
            law("eq", "point", Slice("Omega", ((x, sp.S.Half), (y, sp.S.Zero), (t, sp.S.One))), w),
        ),
    )  # fmt: skip
    s = build(p, SMALL, points={"ic": 33, "gauge": 17})
    ic, gauge, point = (b.points for b in s.blocks)
    assert ic.shape == (33, 3)
    assert (ic[:, 2] == 1).all()
    assert gauge.shape == (17, 3)
    assert (gauge[:, :2] == torch.tensor([0.5, 0.0])).all()
    assert gauge[:, 2].max() > 1.7
    assert point.tolist() == [[0.5, 0.0, 1.0]]


def test_a_face_of_a_static_problem_in_one_dimension_is_one_point() -> None:
    u = field("u", x)
    region = box((0, 1))
    p = problem(
        coordinates=(x,), region=region, fields=(u,),
        laws=(law("bc", "bc", Boundary("Omega", faces((x,), region)), u.components[0]),),
    )  # fmt: skip
    assert build(p, SMALL, points={"bc": 50}).blocks[0].points.tolist() == [[0.0], [1.0]]
