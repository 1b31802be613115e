"""Sections, lines and animations of a solution."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import pdedsl
from tests import small


@pytest.fixture(scope="module")
def heat() -> pdedsl.Solution:
    return small.solved(small.HEAT)


def test_a_section_has_the_axes_that_are_left(heat: pdedsl.Solution) -> None:
    (figure,) = heat.plot(at={"t": 0.5}, fields=["u"]).values()
    curve = figure.axes[0].lines[0]
    x = np.asarray(curve.get_xdata())
    assert np.allclose(curve.get_ydata(), heat(x=x, t=0.5), rtol=0, atol=1e-14)


def test_names_of_sections_end_with_their_place(heat: pdedsl.Solution) -> None:
    assert list(heat.plot(at={"t": 0.5})) == ["solution_u_t0.5"]


@pytest.mark.parametrize(
    ("at", "fields", "said"),
    [
        ({"q": 1.0}, None, "there is no input q"),
        ({"t": 99.0}, None, "t = 99 lies outside of the domain, where t goes from 0 to"),
        ({"x": 0.5, "t": 0.5}, None, "nothing is left to draw"),
        (None, ["w"], "there is no field w; the fields are u"),
    ],
)
def test_places_and_fields_that_are_not_there(heat, at, fields, said) -> None:
    with pytest.raises(ValueError, match=said):
        heat.plot(at=at, fields=fields)


def test_a_line_is_over_the_distance(heat: pdedsl.Solution) -> None:
    figure = heat.plot_line({"x": 0.2, "t": 0.1}, {"x": 0.8})
    curve = figure.axes[0].lines[0]
    s = np.asarray(curve.get_xdata())
    assert s[-1] == pytest.approx(0.6)
    assert np.allclose(curve.get_ydata(), heat(x=0.2 + s, t=0.1), rtol=0, atol=1e-14)
    with pytest.raises(ValueError, match="begins and ends in one point"):
        heat.plot_line({"x": 0.2, "t": 0.1}, {"x": 0.2})
    with pytest.raises(ValueError, match="both of its points in x, t"):
        heat.plot_line({"x": 0.2}, {"x": 0.8})


def test_animations_have_their_frames(heat: pdedsl.Solution, tmp_path: Path) -> None:
    path = heat.animate(tmp_path / "u.gif", frames=5)
    with Image.open(path) as image:
        assert image.n_frames == 5
    assert [p.name for p in tmp_path.iterdir()] == ["u.gif"]
    with pytest.raises(FileExistsError, match="nothing is overwritten"):
        heat.animate(path)
    with pytest.raises(ValueError, match=r"one of \.gif, \.mp4"):
        heat.animate(tmp_path / "u.mov")


def test_maps_move_too(tmp_path: Path) -> None:
    path = small.solved(small.FLOW).animate(tmp_path / "v.gif", ["p"], frames=3)
    with Image.open(path) as image:
        assert image.n_frames == 3
        image.seek(0)
        first = np.asarray(image.convert("RGB"), dtype=float)
        image.seek(2)
        last = np.asarray(image.convert("RGB"), dtype=float)
    assert np.abs(first - last).max() > 10


def test_what_does_not_move_has_no_animation(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the problem has no time"):
        small.solved(small.PLANE).animate(tmp_path / "u.gif")
