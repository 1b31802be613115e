"""The reproductions run, at a scale of seconds, and the page has what was measured."""

from __future__ import annotations

import json
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pytest

from examples.reproductions.common import Reproduction, Row, Study, error, number, read, spec
from examples.reproductions.run_all import done, main, scripts
from examples.reproductions.table import README, RESULTS, filled, results, table

TINY = 1e-3
LARGEST = 100_000  # bytes of a picture


@pytest.mark.parametrize("name", scripts())
def test_script_runs_at_a_tiny_scale(name, tmp_path) -> None:
    """Every row says what is measured and what was published or found."""
    made: Reproduction = import_module(f"examples.reproductions.{name}").REPRODUCTION
    result = made.run(TINY, tmp_path, with_auto=False)
    assert result == {**read(tmp_path / f"{name}.json"), "seconds": result["seconds"]}
    assert made.name == name
    assert result["rows"]
    for row in result["rows"]:
        assert row["case"]
        assert row["published"] is not None or row["ours"] is not None
    assert len({row["case"] for row in result["rows"]}) == len(result["rows"])
    for picture in result["pictures"]:
        assert picture.startswith(name)
        assert (tmp_path / picture).read_bytes().startswith(b"\x89PNG")
    assert results(tmp_path)[0]["title"] in table(results(tmp_path))


def measured(name: str) -> dict[str, float]:
    """Figures by case at the tiny scale, where they are numbers."""
    made: Reproduction = import_module(f"examples.reproductions.{name}").REPRODUCTION
    rows = made.run(TINY)["rows"]
    return {row["case"]: row["ours"] for row in rows if isinstance(row["ours"], float)}


def test_natural_kernels_are_bumps() -> None:
    """They are concentrated where plain ones are spread; the Green's function is the exact one."""
    found = measured("tangent_kernels")
    for title in ("2D Laplace", "heat"):
        plain, natural = (v for case, v in found.items() if case.startswith(f"{title}:"))
        assert natural > 4 * plain
    assert next(v for case, v in found.items() if "Green" in case) < 1e-2


def test_the_gradient_of_the_equation_grows_with_the_fourth_power() -> None:
    found = measured("c4_bound")
    slopes = [value for case, value in found.items() if case.startswith("exponent")]
    assert 3 < slopes[0] < 4.5
    assert abs(slopes[1]) < 1


def test_page_has_the_results() -> None:
    """The table is that of the files, which are those of scripts that exist."""
    found = results(RESULTS)
    page = README.read_text(encoding="utf-8")
    assert {result["name"] for result in found} <= set(scripts())
    if found:
        assert filled(page, table(found)) == page
    for result in found:
        for picture in result["pictures"]:
            assert (RESULTS / picture).stat().st_size <= LARGEST


def test_study_counts_iterations_at_its_scale() -> None:
    """One number is shared by the stages in order; several are those of each stage."""
    study = Study(scale=0.5)
    assert [study.count(n) for n in (10, 3, 0)] == [5, 2, 1]
    problem = spec("poisson_1d", k=2)
    assert problem.overrides == (("k", 2),)
    small = {"model.width": 5, "model.depth": 1, "sampling.points.eq": 20}
    whole = study.solve(problem, "adam_lbfgs", 8, small)
    assert whole.provenance.settings["schedule"]["stages"][0]["iterations"] == 4
    parts = study.solve(problem, "adam_lbfgs", [8, 6], small)
    stages = parts.provenance.settings["schedule"]["stages"]
    assert [(s["kind"], s["iterations"]) for s in stages] == [("adam", 4), ("lbfgs", 3)]
    assert parts.provenance.method == "adam_lbfgs"


def test_auto_is_measured_within_its_seconds() -> None:
    """By the error, or by a figure of the solution; not at all where it is left out."""
    problem = spec("poisson_1d")
    assert Study(scale=0.01).auto(problem, 10) < 1e-10
    assert Study(scale=0.01).auto(problem, 10, lambda s: float(s(x=0.5))) == pytest.approx(
        np.sin(0.5)
    )
    assert Study(with_auto=False).auto(problem) is None


def test_error_is_the_largest() -> None:
    """Of all fields, NaN where one is, and NaN where no solution is known."""
    found = {"u": {"rel_l2": 0.5}, "v": {"rel_l2": 0.1}}
    assert error(SimpleNamespace(errors=found)) == 0.5
    assert error(SimpleNamespace(errors=found), "v") == 0.1
    assert np.isnan(error(SimpleNamespace(errors=found | {"w": {"rel_l2": np.nan}})))
    assert np.isnan(error(SimpleNamespace(errors=None)))


def test_run_all_skips_what_is_there(tmp_path, capsys, monkeypatch) -> None:
    """A result counts at its own scale alone, and unknown names are refused."""
    name = scripts()[0]
    (tmp_path / f"{name}.json").write_text(json.dumps({"scale": 0.5}))
    assert done(name, 0.5, tmp_path)
    assert not done(name, 1.0, tmp_path)
    assert main(["--scale", "0.5", "--out", str(tmp_path), "--only", name]) == 0
    assert "there already" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["--only", "nothing"])
    assert "unknown: nothing" in capsys.readouterr().err


def test_table_shows_numbers_and_words() -> None:
    """Three digits, texts as they are, dashes for what is not there, bars escaped."""
    assert [number(v) for v in (0.181, 1.5e-16, 0.03421, 1.0, 12345.0, None, "about 1/10")] == [
        "0.181", "1.50e-16", "0.0342", "1.00", "1.23e4", "–", "about 1/10",
    ]  # fmt: skip
    made = Reproduction("x/some.py", "Title", "Author", lambda _: [Row("|u|", "0.1", 0.25)])
    text = table([made.run()])
    assert r"| \|u\| | 0.1 | 0.250 |  | – |  |" in text
    assert "Scale 1; " in text
