"""Meshes for pictures and files follow the true shape."""

from __future__ import annotations

import numpy as np
import pytest

import pdedsl
from pdedsl.geometry import FloatRegion, domain_region
from pdedsl.geometry.meshes import Mesh, cut_mesh, triangulate
from pdedsl.geometry.meshes.mesh import measures


def region_of(text: str, coordinates: str = "x, y") -> FloatRegion:
    domain = f"domain O: ({coordinates}) in {text}\n"
    spec = f"{domain}unknown u({coordinates})\neq: lap(u) = 0\nbc: u = 0  on boundary\n"
    problem = pdedsl.parse(spec)
    return domain_region(problem, problem.domains[0])


def volume(mesh: Mesh) -> float:
    return float(np.abs(measures(mesh.points, mesh.cells)).sum())


PLANE = {
    "disk(center = (0, 0), radius = 1)": np.pi,
    "[-1, 1]^2 minus disk(center = (0.2, 0.1), radius = 0.5)": 4 - np.pi / 4,
    "[-1, 1]^2 minus disk(center = (0, 0), radius = 0.01)": 4 - np.pi / 1e4,
    "disk(center = (0, 0), radius = 1) minus disk(center = (0.5, 0), radius = 0.5)": 0.75 * np.pi,
    "[-1, 1]^2 minus ellipse(center = (0, 0), radii = (0.5, 0.002))": 4 - np.pi / 1e3,
    "polygon((0, 0), (1, 0), (1, -1), (-1, -1), (-1, 1), (0, 1))": 3,
    "disk(center = (2e6, 0), radius = 1e6)": np.pi * 1e12,
}


@pytest.mark.parametrize("text", PLANE)
def test_triangles_fill_a_plane_set(text: str) -> None:
    region = region_of(text)
    mesh = triangulate(region, 24)
    assert volume(mesh) == pytest.approx(PLANE[text], rel=3e-4)
    # Nothing overlaps: the centres are in the set, and no edge has three triangles.
    assert (region.level(mesh.points[mesh.cells].mean(axis=1)) < 0).all()
    edges = np.sort(np.concatenate([np.delete(mesh.cells, i, axis=1) for i in range(3)]), axis=1)
    assert np.unique(edges, axis=0, return_counts=True)[1].max() == 2


def test_the_outline_of_the_triangles_is_that_of_the_set() -> None:
    region = region_of("[-1, 1]^2 minus disk(center = (0.2, 0.1), radius = 0.5)")
    mesh = triangulate(region, 24)
    ends = mesh.points[mesh.facets()]
    assert np.abs(region.level(ends.reshape(-1, 2))).max() < 1e-12
    assert np.abs(region.level(ends.mean(axis=1))).max() < 1e-4 * region.size
    length = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1).sum()
    assert length == pytest.approx(8 + np.pi, rel=1e-3)


def test_a_body_is_cut_from_a_grid_with_second_order() -> None:
    region = region_of("ball(center = (0, 0, 0), radius = 1)", "x, y, z")
    errors = []
    for cells in (7, 14, 28):
        mesh = cut_mesh(region.level, region.bounding_box, cells)
        sizes = measures(mesh.points, mesh.cells)
        assert sizes.min() > 0
        errors.append(4 / 3 * np.pi - sizes.sum())
        assert np.abs(region.level(mesh.points[np.unique(mesh.facets())])).max() < 1e-6
    assert 3 < errors[0] / errors[1] < 5.5 and 3 < errors[1] / errors[2] < 5.5


def test_cells_at_the_outline_may_be_finer() -> None:
    region = region_of("[-1, 1]^2 minus disk(center = (0.2, 0.1), radius = 0.5)")
    coarse, fine = (cut_mesh(region.level, region.bounding_box, 16, n) for n in (1, 8))
    error, finer = (abs(volume(mesh) - 4 + np.pi / 4) for mesh in (coarse, fine))
    assert finer < error / 30


def test_an_empty_section_has_no_cells() -> None:
    region = region_of("ball(center = (0, 0, 0), radius = 1)", "x, y, z")

    def level(places: np.ndarray) -> np.ndarray:
        return region.level(np.column_stack([places, np.full(len(places), 2.0)]))

    box = region_of("[-1, 1]^2").bounding_box
    assert len(cut_mesh(level, box, 10, 4).cells) == 0
