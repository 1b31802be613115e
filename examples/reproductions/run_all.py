"""Run every reproduction, each in a process of its own, one after another.

``python -m examples.reproductions.run_all --scale 1 --out examples/reproductions/results`` at the
top of the repository; a script whose result is in the folder, at that scale, is not run again
unless ``--again`` asks for it, so that a long run can be broken off. ``table`` makes the table of
the README of them.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from .common import add_options, read
from .table import HERE, RESULTS

_HELPERS = {"__init__", "common", "run_all", "table"}


def scripts() -> list[str]:
    """Names of the scripts of this folder, sorted."""
    return sorted(path.stem for path in HERE.glob("*.py") if path.stem not in _HELPERS)


def done(name: str, scale: float, folder: Path) -> bool:
    """Whether the folder has the result of a script at that scale."""
    path = folder / f"{name}.json"
    return path.exists() and read(path)["scale"] == scale


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is missing; 1 where a script failed."""
    parser = argparse.ArgumentParser(description="Run every reproduction.")
    add_options(parser)
    parser.add_argument("--only", metavar="A,B", help="some of the scripts")
    parser.add_argument("--again", action="store_true", help="run what has a result too")
    options = parser.parse_args(arguments)
    names = options.only.split(",") if options.only else scripts()
    if unknown := [name for name in names if name not in scripts()]:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(scripts())}")
    folder, failed = options.out or RESULTS, []
    for place, name in enumerate(names, 1):
        head = f"[{place}/{len(names)}] {name}"
        if done(name, options.scale, folder) and not options.again:
            print(f"{head}: there already", flush=True)
            continue
        print(head, flush=True)
        began = time.monotonic()
        command = [sys.executable, "-m", f"examples.reproductions.{name}"]
        command += ["--scale", str(options.scale), "--out", str(folder)]
        status = subprocess.run(command, check=False).returncode
        failed += [name] if status else []
        end = f"failed with status {status}" if status else "done"
        print(f"{head}: {end} in {time.monotonic() - began:.0f} s", flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
