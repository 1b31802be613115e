"""Every kind of problem gets its pictures, with something in them."""

from __future__ import annotations

import matplotlib.image
import numpy as np
import pytest
from matplotlib.colors import LogNorm

import pdedsl
from pdedsl.plots.history import history_figure
from pdedsl.plots.style import bar, error_norm, figure, tex
from pdedsl.training.outcome import Progress
from tests import small

SPACE = """problem "space"
domain  Omega: (x, y, z) in [0, 1]^3
unknown u(x, y, z)
eq: lap(u) = 6
bc: u = x^2 + y^2 + z^2  on boundary
"""
MEASURED = """problem "measured"
domain  Omega: x in [0, 1]
time    t in [0, 2]
unknown u(x, t)
unknown c > 0 guess 1
data probe(x, t, value) from "probe.csv"
eq:  u_t = c*u
ic:  u = x  at t = 0
fit: probe.value = u  on probe
"""
MEASURED_ODE = """problem "measured in time"
time    t in [0, 2]
unknown a(t), b(t)
unknown c > 0 guess 1
data probe(t, value) from "probe.csv"
eq first:  a_t = c*b
eq second: b_t = -c*a
ic:  b = 1  at t = 0
fit: a = probe.value  on probe
"""
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
        {"solution_v1", "solution_v2", "solution_p", "vectors_v", "residuals", "history"},
    ),
    "space": (SPACE, {"solution_u", "residuals", "estimated_error", "history"}),
    "many dimensions": (small.CUBE, {"solution_u", "residuals", "history"}),
    "a parameter's range": (small.FAMILY, {"solution_u", "residuals", "history"}),
    "an unknown number": (small.NUMBER, {"solution_u", "residuals", "history"}),
    "nothing known": (
        small.UNKNOWN_SOLUTION,
        {"solution_u", "residuals", "estimated_error", "history"},
    ),
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
        # Nothing is cut off.
        assert all(
            (edge[..., :3] == 1).all() for edge in (image[0], image[-1], image[:, 0], image[:, -1])
        )


def test_pictures_are_left_out_when_asked(tmp_path):
    solution = pdedsl.solve(pdedsl.parse(small.PLANE_VECTOR), small.method(), seed=0)
    answers = iter([True, False])
    found = solution.plot(tmp_path, go_on=lambda: next(answers))
    assert list(found) == ["solution_v1", "solution_v2"]
    assert {path.stem for path in tmp_path.iterdir()} == set(found)
    assert list(solution.plot(go_on=lambda: False)) == ["solution_v1"]


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


def _fitted(folder, text, table):
    (folder / "probe.csv").write_text(table)
    (folder / "spec.pde").write_text(text)
    return pdedsl.solve(pdedsl.load(folder / "spec.pde"), small.method(2))


def test_data_are_dots_on_the_map(tmp_path):
    solution = _fitted(tmp_path, MEASURED, "x,t,value\n0.25,1.5,0.7\n1,0.5,1.2\n")
    (dots,) = solution.plot()["solution_u"].axes[0].collections
    assert np.asarray(dots.get_offsets()).tolist() == [[1.5, 0.25], [0.5, 1.0]]
    assert np.asarray(dots.get_array()).tolist() == [0.7, 1.2]


def test_data_are_dots_on_the_curve(tmp_path):
    solution = _fitted(tmp_path, MEASURED_ODE, "t,value\n0.5,0.4\n1,0.8\n")
    dots = [line for line in solution.plot()["solution_all"].axes[0].lines if "data" in
            str(line.get_label())]  # fmt: skip
    assert [line.get_label() for line in dots] == ["$a$, data"]
    assert dots[0].get_xydata().tolist() == [[0.5, 0.4], [1.0, 0.8]]


def test_residuals_in_space_are_those_of_the_middle():
    solution = small.solved(SPACE, 2)
    panel = solution.plot()["residuals"].axes[0]
    assert panel.get_title() == "|residual| of eq, $z$ = 0.5"
    shown = np.asarray(panel.images[0].get_array())
    points = np.array([[0.0, 0.0, 0.5], [1.0, 0.0, 0.5], [0.0, 1.0, 0.5]])
    expected = np.abs(solution.residual("eq", points)[0])
    assert [shown[0, 0], shown[0, -1], shown[-1, 0]] == pytest.approx(expected, rel=1e-9)


def test_residuals_in_plane_and_time_are_snapshots():
    solution = small.solved(small.FLOW, 2)
    panels = solution.plot()["residuals"].axes[:9]
    assert [p.get_title() for p in panels[:3]] == ["$t$ = 0", "$t$ = 0.5", "$t$ = 1"]
    shown = [np.asarray(p.images[0].get_array())[-1, 0] for p in panels[6:]]
    points = np.array([[0.0, 1.0, t] for t in (0.0, 0.5, 1.0)])
    expected = np.abs(solution.residual("mass", points)[0])
    assert shown == pytest.approx(expected, rel=1e-9)


def _progress(n, error):
    notes = {n // 2: "continue with start 3"}
    return [Progress(i, 0.1 * i, 1.0 / i, {"eq": 1.0}, error, notes.get(i, ""))
            for i in range(1, n + 1)]  # fmt: skip


@pytest.mark.parametrize(("n", "marker"), [(10, "."), (100, "")])
def test_the_error_in_the_history(n, marker):
    panel = history_figure(_progress(n, 0.5)).axes[0]
    lines = {line.get_label(): line for line in panel.lines}
    assert lines["relative L2 error"].get_marker() == marker
    assert lines["relative L2 error"].get_color() != lines["loss"].get_color()
    assert list(lines["end of the starts"].get_xdata()) == [n // 2, n // 2]
    assert panel.get_ylabel().endswith("error")


def test_two_reports_are_two_points_without_a_line_between():
    panel = history_figure(_progress(2, 0.5)).axes[0]
    drawn = [line for line in panel.lines if len(line.get_xdata()) == 2 and line.get_marker()]
    lines = {line.get_label(): line for line in drawn}
    for label in ("loss", "rms eq", "relative L2 error"):
        assert lines[label].get_linestyle() == "None" and lines[label].get_marker() in (".", "o")
    assert history_figure(_progress(3, 0.5)).axes[0].lines[0].get_linestyle() == "-"


def test_iterations_are_whole_numbers_and_a_last_word_is_no_further_point():
    """A run of two steps reports its end twice."""
    history = [Progress(i, 0.1, 1.0 / i, {"eq": 1.0}, 0.5, "") for i in (1, 3, 3)]
    panel = history_figure(history).axes[0]
    assert panel.lines[0].get_linestyle() == "None"
    assert all(tick == round(tick) for tick in panel.get_xticks())


def test_a_history_without_error_does_not_speak_of_one():
    assert "error" not in history_figure(_progress(5, None)).axes[0].get_ylabel()


def test_one_iteration_has_one_number():
    history = [Progress(1, s, 1.0, {"eq": 1.0}) for s in (0.1, 0.9)]
    panel = history_figure(history).axes[0]
    assert list(panel.get_xticks()) == [1]
    assert all(
        tick == round(tick) for tick in history_figure(_progress(3, 0.5)).axes[0].get_xticks()
    )


@pytest.mark.parametrize(
    ("low", "high"), [(2e-3, 9e-3), (0.97, 1.02), (1.2e-5, 1.2e-4), (2e-2, 0.5), (1e-3, 0.09)]
)
def test_colour_bars_over_short_ranges_have_few_labels(low, high):
    made = figure(4.0, 3.0)
    panel = made.subplots()
    bar(made, panel.imshow([[low, high]], norm=LogNorm(low, high)))
    made.canvas.draw()
    axis = panel.child_axes[0].yaxis
    assert not any(tick.label1.get_text() or tick.label2.get_text()
                   for tick in axis.get_minor_ticks())  # fmt: skip
    inside = [t for t in axis.get_majorticklocs() if low <= t <= high]
    assert 2 <= len(inside) <= 6


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


def test_a_spike_does_not_leave_a_map_black():
    rest = np.geomspace(1e-3, 1e-1, 999)
    norm = error_norm(np.append(rest, 2e6))
    assert norm.vmax == 2e6
    assert np.mean(rest > norm.vmin) > 0.9
    even = error_norm(np.geomspace(1e-6, 1, 999))
    assert even.vmin == pytest.approx(1e-4)  # four decades, where these show more than the half
    assert error_norm(np.append(np.full(999, 1e-30), 1.0)).vmin == 1e-12


def test_labels_of_a_map_do_not_meet(tmp_path):
    """Five at most along the first axis, however long the numbers."""
    text = small.PLANE.replace("[0, 2]", "[-0.5, 1]")
    panel = small.solved(text).plot()["residuals"].axes[0]
    low, high = panel.get_xlim()
    assert sum(low <= tick <= high for tick in panel.get_xticks()) <= 6


def test_a_notebook_shows_a_table_and_pictures():
    page = small.solved(small.PLANE)._repr_html_()
    assert page.startswith("<p><b>plane</b></p>") and '<th scope="row">error u</th>' in page
    assert page.count("data:image/png;base64,") == 1 and "<script" not in page
    two = small.solved(small.NUMBER.replace('"find c"', '"a <b> & c"'))._repr_html_()
    assert "a &lt;b&gt; &amp; c" in two and '<th scope="row">c</th><td>' in two
