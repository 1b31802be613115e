"""What a run folder holds, and what a full disk does not do."""

from __future__ import annotations

import errno
import json
import os

import pytest

from pdedsl.runs import Recorder, RunFolder, recorder
from pdedsl.training.outcome import Progress


def progress(i: int) -> Progress:
    return Progress(i, float(i), 1.0, {"eq": 1.0})


@pytest.fixture
def writer(tmp_path):
    made = Recorder(RunFolder.exactly(tmp_path / "run"), lambda theta: f"theta {theta}".encode())
    made.begin("text", {}, {"model": {"width": 3}}, {"status": "running"})
    return made


def test_a_killed_run_keeps_spec_method_history_and_state(writer):
    writer.progress(progress(0))
    writer.state(1)
    writer.progress(progress(1))
    folder = writer.folder
    assert folder.spec.read_text() == "text"
    assert folder.method.read_text() == "[model]\nwidth = 3\n"
    assert json.loads(folder.record.read_text()) == {"status": "running"}
    assert len(folder.history.read_text().splitlines()) == 3
    assert folder.checkpoint.read_bytes() == b"theta 1"


def test_states_are_due_after_ten_seconds(writer, monkeypatch):
    for _ in range(5):  # the first pauses are shorter
        writer.state(2)
    now = recorder.time.monotonic()
    monkeypatch.setattr(recorder.time, "monotonic", lambda: now + 9.0)
    assert not writer.due()
    monkeypatch.setattr(recorder.time, "monotonic", lambda: now + 11.0)
    assert writer.due()
    writer.state(2)
    assert not writer.due()


def test_data_files_are_copied(tmp_path):
    source = tmp_path / "a.csv"
    source.write_text("x\n1\n")
    made = Recorder(RunFolder.exactly(tmp_path / "run"), bytes)
    made.begin("text", {"data/a.csv": source}, {}, {})
    assert (made.folder.path / "data" / "a.csv").read_text() == "x\n1\n"


def test_a_full_disk_is_reported_and_the_training_goes_on(writer, monkeypatch):
    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    writer.progress(progress(0))
    monkeypatch.setattr(os, "replace", full)
    writer.state(3)
    writer.progress(progress(1))
    assert list(writer.failures) == ["checkpoint.safetensors"]
    writer.finish({"status": "converged"}, 4, [progress(0), progress(1)])
    assert set(writer.failures) == {"history.csv", "checkpoint.safetensors", "run.json"}
    assert "No space left on device" in writer.failures["run.json"]
    monkeypatch.undo()
    writer.finish({"status": "converged"}, 4, [progress(0), progress(1)])
    assert writer.failures == {}
    assert json.loads(writer.folder.record.read_text()) == {"status": "converged"}
    assert writer.folder.checkpoint.read_bytes() == b"theta 4"


def test_a_run_that_fails_says_so(writer):
    writer.state(1)
    with pytest.raises(ZeroDivisionError), writer:
        raise ZeroDivisionError("a law divides by zero")
    record = json.loads(writer.folder.record.read_text())
    assert record["status"] == "abandoned"
    assert record["reason"] == "ZeroDivisionError: a law divides by zero"
    assert writer.folder.checkpoint.read_bytes() == b"theta 1"


def test_files_of_a_run_are_known_by_their_folder(writer, tmp_path):
    source = tmp_path / "a.csv"
    source.write_text("x\n1\n")
    writer.begin('data a(x) from "data/a.csv"', {"data/a.csv": source}, {}, {})
    writer.state(1)
    run = writer.folder.path
    for name in ("run.json", "spec.pde", "watch.jsonl", "data/a.csv", "data/../run.json"):
        assert RunFolder.owner(run / name) is not None
    for path in (run / "values.csv", run / "data" / "b.csv", tmp_path / "run.json", source):
        assert RunFolder.owner(path) is None
