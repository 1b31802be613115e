"""Runs of the command line in processes of their own, which are killed and go on."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from safetensors import safe_open
from safetensors.numpy import load_file

from tests.small import HEAT

QUIET = ("--no-plots", "--quiet")


def write_spec(path: Path) -> Path:
    """The problem of these runs."""
    path.write_text(HEAT, encoding="utf-8")
    return path


def killed(arguments: Sequence[str], seconds: float | None, whole: bool = False) -> bool:
    """Run a command, and kill it after some seconds; whether it had not ended before.

    Args:
        arguments: of pdedsl.
        seconds: None to let it come to its end.
        whole: in a process that loads all anew, in place of a copy of this one.
    """
    running = process_of(arguments) if whole else copy_of(arguments)
    if not whole:
        running.start()
    with suppress(subprocess.TimeoutExpired):
        running.wait(seconds) if whole else running.join(seconds)
    alive = running.poll() is None if whole else running.is_alive()
    running.kill()
    running.wait() if whole else running.join()
    return alive


def place(folder: Path) -> str:
    """What a run that was killed has to go on with, in a word."""
    try:
        with safe_open(folder / "training.safetensors", framework="numpy") as file:
            return f"iteration {json.loads(file.metadata()['more'])['iterations']}"
    except FileNotFoundError:
        return "its request" if (folder / "run.json").is_file() else "nothing"


def process_of(arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    """A process of its own that runs a command."""
    full = [sys.executable, "-m", "pdedsl", *arguments]
    return subprocess.Popen(full, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill_once_kept(arguments: Sequence[str], folder: Path, times: int) -> bool:
    """Kill a command once it has written its state anew so many times; whether it had not ended.

    The process is a copy of this one, so that it has nothing to load.
    """
    path, seen, end = folder / "training.safetensors", set[int](), time.monotonic() + 120
    before = _mark(path)
    running = copy_of(arguments)
    running.start()
    try:
        while running.is_alive() and len(seen) < times and time.monotonic() < end:
            seen |= {_mark(path)} - {before, 0}
            time.sleep(0.001)
    finally:
        alive = running.is_alive()
        running.kill()
        running.join()
    return alive


def copy_of(arguments: Sequence[str]) -> Any:
    """A copy of this process that runs a command, to be started."""
    return multiprocessing.get_context("fork").Process(target=_quiet, args=(arguments,))


def _quiet(arguments: Sequence[str]) -> None:
    from pdedsl.cli import main

    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    main(arguments)


def numbers(folder: Path) -> bytes:
    """The parameters that a run has found, digit by digit."""
    return load_file(folder / "checkpoint.safetensors")["theta"].tobytes()


def _mark(path: Path) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except FileNotFoundError:
        return 0
