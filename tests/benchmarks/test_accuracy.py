"""The accuracy benchmark keeps what it has, and its tables say what the cells say."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

import pdedsl
from pdedsl.solution.known import Known
from tests.benchmarks.peers.deepxde_problems import PROBLEMS
from tests.benchmarks.peers.deepxde_training import Clock, largest

from . import accuracy, accuracy_cell, time_to_error
from .accuracy_store import FAILED, UNSUPPORTED, Cell, Column, Key, Store, StoreError
from .accuracy_tables import met, report
from .published import FIGURES

MACHINE = {
    "processor": "Abacus", "cores": 2, "threads": 1, "date": "2026-01-02",
    "torch": "2.0", "deepxde": "1.0",
}  # fmt: skip


def cell(spec: str, column: Column, error: float | None, total: float = 5.0, **more) -> Cell:
    budget = more.pop("budget", 60.0)
    version = "deepxde 1.0" if column == "deepxde" else "pdedsl 0.1"
    filled = {"status": "converged", "errors": {"u": error}, "seconds": {"total": total}} | more
    return Cell(Key(spec, column, budget, 0, version), machine=MACHINE, **filled)


def store(path: Path | None, *cells: Cell) -> Store:
    made = Store(path)
    for each in cells:
        made.put(each)
    return made


def test_every_row_has_a_spec() -> None:
    assert set(FIGURES) <= set(accuracy.gallery())
    assert set(PROBLEMS) == set(FIGURES)


@pytest.mark.parametrize("name", PROBLEMS)
def test_errors_are_known_where_they_are_wanted(name: str) -> None:
    problem = pdedsl.load(accuracy_cell.SPECS / f"{name}.pde")
    assert problem.exact or problem.references


def test_the_tables(tmp_path: Path) -> None:
    path = tmp_path / "cells.json"
    store(
        path,
        cell("helmholtz", "deepxde", 2.34e-2, 60.0),
        cell("helmholtz", "network", 4.4e-13, 12.34, curve=[(11.0, 9e-13)]),
        cell("helmholtz", "auto", 5e-15),
        cell("kdv", "auto", 2e-5),
        cell("kdv", "network", 2e-4),
        cell("heat_inverse", "auto", 1e-3, numbers={"kappa": 2e-2}),
        cell("poisson_hole", "auto", None, status=UNSUPPORTED, errors={}, seconds={}),
    )
    text = report(Store(path), 60.0, 0)
    lines = text.splitlines()
    assert lines[0].startswith("| spec | published best | DeepXDE, same budget | network: wanted")
    assert lines[2] == (
        "| helmholtz | 2e-9 (GPU, 540 s); about 6e-3 (M4 of Wang et al.) | 2.3e-02 "
        "| 1e-12 in 20 s | 4.4e-13 | 12.3 | 1e-12 | 5.0e-15 | 5.0 | both |"
    )
    assert lines[3].startswith("| kdv | 9.6e-7 in 275 s (H100) | not run | 1e-03 | 2.0e-04 ")
    assert lines[3].endswith("| 1e-05 | 2.0e-05 | 5.0 | network |")
    assert lines[5] == (
        "Rows met by both 1 of 2, by auto 1, by network 2; budget 60 s, seed 0; Abacus, 2 cores, "
        "1 threads, 2026-01-02, deepxde 1.0, pdedsl 0.1, torch 2.0."
    )
    assert "| heat_inverse | 2.0e-02 | kappa | converged | 5.0 |" in lines
    assert "| poisson_hole | cannot be solved yet | – | unsupported | – |" in lines
    assert report(Store(path), 60.0, 0, ["kdv"]).count("\n| kdv") == 1
    assert "helmholtz" not in report(Store(path), 60.0, 0, ["kdv"])
    with pytest.raises(ValueError, match="budget of 30 s and seed 0; there is 60 s with seed 0"):
        report(Store(path), 30.0, 0)


def test_what_is_met() -> None:
    figures = FIGURES["helmholtz"]
    auto, network = cell("helmholtz", "auto", 1e-13), cell("helmholtz", "network", 1e-13, 30.0)
    assert met(figures, {"auto": auto}) == "auto"
    assert met(figures, {"auto": auto, "network": network}) == "auto"  # too late
    early = replace(network, curve=[(15.0, 9e-13)], seconds={"total": 30.0, "choose": 4.0})
    assert met(figures, {"auto": auto, "network": early}) == "both"
    late = replace(early, seconds={"total": 30.0, "choose": 4.0, "compile": 2.0})
    assert met(figures, {"auto": auto, "network": late}) == "auto"
    wrong = cell("helmholtz", "auto", 2e-12)
    assert met(figures, {"auto": wrong, "network": early}) == "network"
    assert met(figures, {}) == "no"


def test_an_error_that_is_no_number_is_not_passed_over() -> None:
    bad = cell("kovasznay", "auto", None, errors={"v": 1e-9, "v[1]": 1e-9, "p": None})
    assert bad.error is None
    assert met(FIGURES["kovasznay"], {"auto": bad}) == "no"
    assert "not a number" in report(store(None, bad), 60.0, 0)
    points = np.zeros((3, 1))
    known = (Known(points, {"u": np.zeros(3), "v": np.array([1.0, np.nan, 2.0])}, np.ones(3)),)
    errors = {"u": {"rel_l2": float("nan")}, "v": {"rel_l2": float("nan")}}
    assert accuracy_cell.relative_errors(errors, known) == {"v": None}
    assert largest({"u": 1.0, "v": None}) is None and largest({"u": 1.0, "v": 2.0}) == 2.0


def test_cells_are_kept_and_not_run_again(tmp_path: Path) -> None:
    path = tmp_path / "cells.json"
    keys = [cell(spec, "auto", 1.0).key for spec in ("burgers", "kdv", "wave")]
    ran: list[str] = []

    def run(key: Key) -> Cell:
        if key.spec == "wave" and not path.with_suffix(".fixed").exists():
            return Cell(key, FAILED, "broke down")
        ran.append(key.spec)
        # What came before is in the file by now.
        assert not path.exists() or len(Store(path).cells) >= len(ran) - 1
        return Cell(key, "converged", errors={"u": 1e-3}, curve=[(1.0, 1e-3)])

    said: list[str] = []
    accuracy.fill(Store(path), keys, run, said.append)
    assert ran == ["burgers", "kdv"]
    path.with_suffix(".fixed").touch()
    accuracy.fill(Store(path), keys, run, said.append)
    assert ran == ["burgers", "kdv", "wave"]
    assert len(Store(path).cells) == 3 and not any(c.status == FAILED for c in Store(path).cells)
    for other in (
        replace(keys[0], budget=30.0),
        replace(keys[0], seed=1),
        replace(keys[0], version="pdedsl 9"),
    ):
        accuracy.fill(Store(path), [other], run, said.append)
    assert ran[3:] == ["burgers"] * 3
    accuracy.fill(Store(path), [keys[1]], run, said.append, again=True)
    assert ran[6:] == ["kdv"]
    assert Store(path).cells[0].curve == [(1.0, 1e-3)]
    assert [c.key for c in Store(path).cells if c.key.spec == "kdv"] == [keys[1]]


def test_a_failed_write_leaves_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "cells.json"
    kept = store(path, cell("kdv", "auto", 1.0))
    before = path.read_text("utf-8")

    def refuse(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("pdedsl.runs.files.os.replace", refuse)
    with pytest.raises(OSError, match="full"):
        kept.put(cell("wave", "auto", 1.0))
    assert path.read_text("utf-8") == before
    assert [p.name for p in tmp_path.iterdir()] == ["cells.json"]


@pytest.mark.parametrize("text", ["", "[]", '{"cells": [{}]}', '{"cells": 3}'])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, "utf-8")
    with pytest.raises(StoreError, match=r"other\.json"):
        Store(path)
    with pytest.raises(SystemExit, match=r"other\.json"):
        accuracy.main(["--table", str(path)])


def test_which_cells_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accuracy, "version_of", lambda column: f"{column} 1")
    keys = accuracy.wanted(["burgers", "heat"], ("auto", "network", "deepxde"), 60.0, 0)
    assert [(k.spec, k.column) for k in keys] == [
        ("burgers", "auto"), ("burgers", "network"), ("burgers", "deepxde"), ("heat", "auto"),
    ]  # fmt: skip


def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cells.json"
    store(path, cell("kdv", "auto", 2e-5), cell("kdv", "deepxde", 0.5, curve=[(3.0, 0.5)]))
    assert accuracy.main(["--table", str(path)]) == 0
    assert "| kdv | 9.6e-7 in 275 s (H100) | 5.0e-01 |" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="no file"):
        accuracy.main(["--table", str(tmp_path / "absent.json")])
    for wrong in (["--specs", "burger"], ["--columns", "cpu"], ["--budget", "-1"]):
        with pytest.raises(SystemExit):
            accuracy.main(wrong)
    assert "expected some of" in capsys.readouterr().err


def test_time_to_error() -> None:
    peer = cell("burgers", "deepxde", 3e-2, 90.0, budget=90.0,
                curve=[(0.0, 1.0), (50.0, 2e-2), (70.0, 2e-2), (90.0, 3e-2)])  # fmt: skip
    found = time_to_error.best(peer)
    assert found is not None and (found.error, found.seconds) == (2e-2, 50.0)
    before = {"total": 20.0, "choose": 2.0, "compile": 0.5}
    network = cell("burgers", "network", 1e-3, seconds=before,
                   curve=[(1.0, 0.1), (2.5, 1.9e-2), (9.0, 1e-3)])  # fmt: skip
    auto = cell("burgers", "auto", 0.1, curve=[(1.0, 0.1)])
    text = time_to_error.table(store(None, peer, network, auto), ["burgers"], 60.0, 90.0, 0)
    assert "| burgers | 2.0e-02 | 50.0 | 5.00 | 10 | not reached | – |" in text
    assert "DeepXDE 90 s, pdedsl 60 s" in text
    # The error on many points may be small enough where none of those on few points is.
    assert replace(network, curve=[]).reached(2e-2) == 20.0
    nothing = time_to_error.table(Store(), ["burgers"], 60.0, 90.0, 0)
    assert "| burgers | not run | – |" in nothing
    useless = time_to_error.row("burgers", replace(peer, curve=[(3.0, 0.9)]), [network, auto])
    assert useless == "| burgers | 9.0e-01, no solution | – | – | – | – | – |"
    empty = replace(peer, status=FAILED, curve=[])
    assert "| burgers | failed | – |" in time_to_error.row("burgers", empty, [None, None])


def test_the_table_of_times(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cells.json"
    store(path, cell("helmholtz", "deepxde", 0.5, budget=90.0, curve=[(80.0, 0.4)]),
          cell("helmholtz", "auto", 1e-9, 4.0))  # fmt: skip
    assert time_to_error.main(["--table", str(path), "--specs", "helmholtz"]) == 0
    assert "| helmholtz | 4.0e-01 | 80.0 | not run | – | 4.00 | 20 |" in capsys.readouterr().out


def test_columns_are_what_the_command_line_does(monkeypatch: pytest.MonkeyPatch) -> None:
    from pdedsl.cli import training

    class EnoughError(Exception):
        pass

    asked: list[dict[str, object]] = []

    def plan(problem: object, method: str, **options: object) -> None:
        heard = ("notify", "should_stop", "allowance")
        given = {k: v for k, v in options.items() if v is not None and k not in heard}
        asked.append({"method": method} | given)
        raise EnoughError

    monkeypatch.setattr("pdedsl.solution.planning.plan", plan)
    problem = pdedsl.load(accuracy_cell.SPECS / "heat.pde")
    for model, column in ((None, "auto"), ("mlp", "network")):
        with pytest.raises(EnoughError):
            training.run(
                problem, None, method="auto", settings=(), model=model, iterations=None,
                budget=60.0, seed=0, dtype=None, device=None, threads=None, quiet=True,
            )  # fmt: skip
        with pytest.raises(EnoughError):
            pdedsl.solve(problem, budget=60.0, seed=0, settings=accuracy_cell.SETTINGS[column])
        assert asked[-1] == asked[-2]


def test_a_cell_in_a_process_of_its_own() -> None:
    key = Key("poisson_sin", "auto", 2.0, 0, "pdedsl 0")
    found = accuracy_cell.run_cell(key)
    assert found.key == key and found.error is not None and found.error < 1e-6, found.reason
    assert found.total is not None and found.total >= found.seconds["train"]
    assert found.curve and found.curve[-1][1] < 1e-6 and found.machine["threads"] >= 1
    assert json.loads(json.dumps(asdict(found)))["why"] == found.why


def test_a_cell_that_breaks_down_says_why() -> None:
    found = accuracy_cell.run_cell(Key("absent", "auto", 2.0, 0, "pdedsl 0"))
    assert found.status == FAILED and "absent" in found.reason
    assert "failed: exit status 1" in report(store(None, found), 2.0, 0)


def test_pauses_take_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([10.0, 13.0, 18.0, 19.0])  # made, pause, end of the pause, look
    monkeypatch.setattr("tests.benchmarks.peers.deepxde_training.time.perf_counter", now.__next__)
    clock = Clock()
    with clock.pause():
        pass
    assert clock.seconds == 4.0
