"""Every kind of problem gets its pictures, with something in them."""

from __future__ import annotations

import matplotlib.image
import numpy as np
import pytest

import pdedsl
from pdedsl.plots.style import error_norm, tex
from tests import small

KINDS = {
    "line": (small.LINE, {"solution_u", "residuals", "history"}),
    "plane": (small.PLANE, {"solution_u", "residuals", "history"}),
    "space and time": (small.HEAT, {"solution_u", "snapshots_u", "residuals", "history"}),
    "odes": (small.ODES, {"solution_all", "residuals", "history"}),
    "plane vector": (
        small.PLANE_VECTOR,
        {"solution_v1", "solution_v2", "vectors_v", "residuals", "history"},
    ),
    "plane and time": (
        small.FLOW,
        {"solution_v1", "solution_v2", "solution_p", "vectors_v", "history"},
    ),
    "many dimensions": (small.CUBE, {"solution_u", "history"}),
    "a parameter's range": (small.FAMILY, {"solution_u", "residuals", "history"}),
    "an unknown number": (small.NUMBER, {"solution_u", "residuals", "history"}),
    "nothing known": (small.UNKNOWN_SOLUTION, {"solution_u", "residuals", "history"}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_by_kind_of_problem(kind, tmp_path):
    text, names = KINDS[kind]
    figures = small.solved(text, 2).plot(tmp_path / "pictures")
    assert set(figures) == names
    assert {path.stem for path in (tmp_path / "pictures").iterdir()} == names
    for name in names:
        image = matplotlib.image.imread(tmp_path / "pictures" / f"{name}.png")
        assert image.shape[0] > 200 and image.shape[1] > 200
        assert np.ptp(image[..., :3]) > 0.5


def test_a_map_shows_the_values_found():
    solution = small.solved(small.PLANE)
    figure = solution.plot()["solution_u"]
    image = figure.axes[0].images[0]
    x, y = np.linspace(0, 2, 201), np.linspace(0, 1, 201)[:, None]
    assert np.array_equal(np.asarray(image.get_array()), solution(x=x, y=y))
    left, right, bottom, top = image.get_extent()
    assert (left, right) == pytest.approx((-0.005, 2.005))
    assert (bottom, top) == pytest.approx((-0.0025, 1.0025))
    assert figure.axes[0].get_aspect() == 1.0


def test_time_runs_to_the_right():
    panel = small.solved(small.HEAT, 2).plot()["solution_u"].axes[0]
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("$t$", "$x$")


def test_a_reference_on_a_grid_is_drawn(tmp_path):
    lines = [f"{x},{t},{x * t}" for t in (0, 0.5, 1) for x in (0, 0.25, 1)]
    (tmp_path / "r.csv").write_text("\n".join(["x,t,u", *lines]))
    text = small.HEAT.replace("exact u = exp(-pi^2*t)*sin(pi*x)", "")
    (tmp_path / "heat.pde").write_text(text + 'reference u(x, t) from "r.csv"\n')
    solution = pdedsl.solve(pdedsl.load(tmp_path / "heat.pde"), small.method(2))
    panels = solution.plot()["solution_u"].axes
    known = np.asarray(panels[1].images[0].get_array())
    x, t = np.linspace(0, 1, 201)[:, None], np.linspace(0, 1, 201)
    assert known == pytest.approx(x * t, abs=1e-12)


def test_drawing_leaves_the_users_settings_alone():
    # The backend is decided when it is first looked at, which is not our doing.
    names = set(matplotlib.rcParams) - {"backend"}
    before = {name: matplotlib.rcParams[name] for name in names}
    small.solved(small.LINE).plot()
    assert {name: matplotlib.rcParams[name] for name in names} == before


@pytest.mark.parametrize(
    ("name", "text"),
    [("u", "$u$"), ("v[1]", "$v_{1}$"), ("theta", r"$\theta$"), ("lambda2", r"$\lambda_{2}$"),
     ("x[10]", "$x_{10}$"), ("temp", r"$\mathrm{temp}$"), ("a_b", r"$\mathrm{a\_b}$"),
     ("psi[2]", r"$\psi_{2}$")],
)  # fmt: skip
def test_names_in_mathematical_type(name, text):
    assert tex(name) == text


@pytest.mark.parametrize(
    "values", [np.zeros(4), np.full(3, 1e-9), np.array([np.nan, 1.0]), np.array([0, 1e-30, 1.0])]
)
def test_error_scales_are_always_valid(values):
    norm = error_norm(values)
    assert 0 < norm.vmin < norm.vmax < np.inf
