"""The picture of several trainings: a curve for each, its values, and the table below."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest

from pdedsl.plots.comparison import comparison_figure
from pdedsl.plots.style import CYCLE
from pdedsl.training.outcome import Progress
from tests import small


def _solution(name, errors, final=None, losses=None):
    losses = losses or [10.0 / (i + 1) for i in range(len(errors))]
    history = [
        Progress(i + 1, 0.5 * (i + 1), loss, {"eq": 1.0}, error)
        for i, (error, loss) in enumerate(zip(errors, losses, strict=True))
    ]
    end = SimpleNamespace(
        history=history, iterations=len(errors), seconds=0.5 * len(errors), loss=losses[-1]
    )
    return SimpleNamespace(
        outcome=end,
        errors=None if final is None else {"u": {"rel_l2": final}},
        provenance=SimpleNamespace(method=name),
        problem=SimpleNamespace(title="a problem"),
    )


def _labels(figure):
    return [text.get_text().split() for text in figure.legends[0].get_texts()]


def test_every_method_has_its_curve_in_both_panels():
    made = comparison_figure(
        [_solution("lm", [1.0, None, 1e-4], 1.1e-4), _solution("adam", [0.5, 0.25], 0.26)]
    )
    steps, seconds = made.axes
    assert [line.get_xydata().tolist() for line in steps.lines] == [
        [[1, 1.0], [3, 1e-4]], [[1, 0.5], [2, 0.25]],
    ]  # fmt: skip
    assert seconds.lines[0].get_xydata().tolist() == [[0.5, 1.0], [1.5, 1e-4]]
    for panel in (steps, seconds):
        assert (panel.get_xscale(), panel.get_yscale()) == ("log", "log")
        assert [line.get_color() for line in panel.lines] == list(CYCLE[:2])
    assert steps.get_ylabel() == "relative L2 error"
    assert _labels(made) == [["lm", "1.1e-04", "3", "1.5"], ["adam", "2.6e-01", "2", "1.0"]]
    assert made.legends[0].get_title().get_text().split() == ["method", "error", "steps", "seconds"]


def test_without_a_known_solution_it_is_the_loss():
    made = comparison_figure([_solution("lm", [None, None], losses=[4.0, 2.0])])
    assert made.axes[0].get_ylabel() == "loss"
    assert made.axes[0].lines[0].get_ydata().tolist() == [4.0, 2.0]
    assert _labels(made) == [["lm", "2.0e+00", "2", "1.0"]]


@pytest.mark.parametrize("value", [0.0, math.nan, math.inf])
def test_values_that_have_no_logarithm_are_left_out(value):
    made = comparison_figure([_solution("lm", [1.0, value], value)])
    assert made.axes[0].lines[0].get_ydata().tolist() == [1.0]
    made.canvas.draw()


def test_a_method_without_any_value_stays_in_the_table():
    made = comparison_figure(
        [_solution("lm", [0.5], 0.5), _solution("gd", [math.nan], math.nan)]
    )  # fmt: skip
    assert _labels(made)[1] == ["gd", "–", "1", "0.5"]
    made.canvas.draw()


def test_more_methods_than_colours_differ_by_the_kind_of_line():
    names = [f"method{i}" for i in range(2 * len(CYCLE) + 1)]
    lines = comparison_figure([_solution(name, [1.0, 0.1], 0.1) for name in names]).axes[0].lines
    assert len({(line.get_color(), line.get_linestyle()) for line in lines}) == len(names)


def test_the_table_is_inside_the_picture_and_clear_of_the_panels():
    names = ["lm", "a/long/folder/with/a/method/of/some/length.toml", *"bcdefghijk"]
    made = comparison_figure([_solution(name, [1.0, 1e-9], 1e-9) for name in names])
    made.canvas.draw()
    table = made.legends[0].get_window_extent()
    whole = made.bbox
    assert whole.x0 <= table.x0 and table.x1 <= whole.x1 and table.y0 >= whole.y0
    for panel in made.axes:
        assert panel.get_tightbbox().y0 >= table.y1
        assert panel.get_window_extent().height > 0.4 * whole.height
    assert _labels(made)[1][0] == "…" + names[1][-27:]


def test_a_real_solution_is_drawn_as_its_history():
    solution = small.solved(small.LINE)
    lines = comparison_figure([solution]).axes[0].lines
    expected = [p.rel_l2 for p in solution.outcome.history if p.rel_l2]
    assert lines[0].get_ydata().tolist() == expected
