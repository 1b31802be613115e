"""What only a process of its own can show: signals, pipes, defects."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import small
from tests.conftest import ROOT

LONG = (
    "-m", "pdedsl", "solve", "plane.pde", "--method", "quick.toml", "--no-plots", "--json",
    "--with", "optimizer.kind=adam", "--iterations", "10000000", "--budget", "60",
)  # fmt: skip
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


def process(*arguments: str, **options: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=ENVIRONMENT, **options,
    )  # fmt: skip


def wait_for_training(running: subprocess.Popen[str]) -> str:
    """Read standard error up to the first progress line."""
    seen = ""
    while "iteration" not in seen:
        line = running.stderr.readline()
        assert line, seen
        seen += line
    return seen


def test_interrupt_once_saves_the_best_state(place):
    running = process(*LONG)
    wait_for_training(running)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 3, err
    assert "Ctrl-C again kills" in err
    assert "interrupted: " in err
    data = json.loads(out)
    assert data["status"] == "interrupted"
    record = json.loads((place / data["run"] / "run.json").read_text())
    assert record["status"] == "interrupted"
    assert (place / data["run"] / "checkpoint.safetensors").stat().st_size > 100


def test_a_second_interrupt_kills_and_the_history_stays(place):
    # The training is made deaf, as one in a very long iteration would be.
    code = (
        "import pdedsl.cli.interrupt as i, pdedsl.cli as c\n"
        "i.Interrupt.__call__ = lambda self: False\n"
        f"c.main({[word for word in LONG[2:] if word != '--json']!r})"
    )
    running = process("-c", code)
    wait_for_training(running)
    running.send_signal(signal.SIGINT)
    assert any("again kills" in line for line in iter(running.stderr.readline, ""))
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
    assert running.returncode == -signal.SIGINT
    (folder,) = (place / "runs").iterdir()
    assert json.loads((folder / "run.json").read_text())["status"] == "running"
    assert len((folder / "history.csv").read_text().splitlines()) > 1


def test_a_reader_that_goes_away_is_no_error(place):
    running = process("-m", "pdedsl", "list", "codes")
    running.stdout.close()
    assert running.stderr.read() == ""
    running.stderr.close()
    assert running.wait(timeout=60) in (0, 141)


def test_version_and_help():
    result = subprocess.run(
        [sys.executable, "-m", "pdedsl", "--version"], capture_output=True, text=True,
        env=ENVIRONMENT, check=True,
    )  # fmt: skip
    assert re.match(r"pdedsl \S+", result.stdout)


def test_a_defect_leaves_a_report(run, monkeypatch, place, tmp_path):
    def broken(*_args: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("pdedsl.api.check", broken)
    monkeypatch.setattr(sys, "argv", ["pdedsl", "check", "line.pde"])
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    result = run("check", "line.pde")
    assert result.exit_code == 70
    assert "internal error: ZeroDivisionError: a bug" in result.stderr
    assert "Traceback" not in result.stderr
    report = Path(result.stderr.split("with the file ")[1].strip()).read_text()
    for part in ("Traceback", "a bug", 'problem "line"', "numpy ", "python "):
        assert part in report
    monkeypatch.setenv("PDEDSL_DEBUG", "1")
    assert "Traceback" in run("check", "line.pde").stderr


def test_out_of_memory_is_no_defect(run, monkeypatch):
    def hungry(*_args: object, **_options: object) -> None:
        raise RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate")

    monkeypatch.setattr("pdedsl.solution.solving.build_system", hungry)
    result = run("solve", "line.pde", "--method", "quick.toml")
    assert result.exit_code == 3
    assert "memory" in result.stderr
    assert "fewer points" in result.stderr


@pytest.mark.parametrize("command", ["", "check", "fmt", "show", "solve", "compare", "eval",
                                     "plot", "list"])  # fmt: skip
def test_help_has_examples(run, command):
    result = run(*command.split(), "--help")
    assert result.exit_code == 0
    assert "Example" in result.stdout
    assert "pdedsl " in result.stdout


def test_interrupts_are_undone(place):
    from pdedsl.cli.interrupt import Interrupt

    before = signal.getsignal(signal.SIGINT)
    with Interrupt() as interrupt:
        assert not interrupt()
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.05)
        assert interrupt()
        assert signal.getsignal(signal.SIGINT) == signal.SIG_DFL
    assert signal.getsignal(signal.SIGINT) == before


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_output_that_cannot_be_written_is_no_defect():
    command = [sys.executable, "-m", "pdedsl", "check", "specs/heat.pde"]
    with open("/dev/full", "w") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert ended.returncode == 3
    assert ended.stderr == "pdedsl: cannot write the output: No space left on device\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_end_saves_the_best_state(place, number):
    running = process(*LONG)
    wait_for_training(running)
    running.send_signal(number)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 3, err
    assert "a second signal kills" in err
    record = json.loads((place / json.loads(out)["run"] / "run.json").read_text())
    assert record["status"] == "interrupted"


def test_a_closed_standard_error_is_no_defect(place):
    command = [sys.executable, "-m", "pdedsl", "check", "line.pde", "--strict"]
    (place / "line.pde").write_text(small.LINE.replace("bc:", "# bc:"))
    ended = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" 2>&-', "sh", *command], stdout=subprocess.PIPE, text=True,
        env=ENVIRONMENT,
    )  # fmt: skip
    assert ended.returncode == 1
    assert "1 lint" in ended.stdout


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_letters_that_a_terminal_does_not_have(place, encoding):
    command = [sys.executable, "-m", "pdedsl", "analyze", "line.pde"]
    environment = {**ENVIRONMENT, "PYTHONIOENCODING": encoding}
    ended = subprocess.run(command, capture_output=True, env=environment)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count(b"\n") > 20
