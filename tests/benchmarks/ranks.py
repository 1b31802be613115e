"""What several processes with a thread each save against one, and in what memory.

``python -m tests.benchmarks.ranks`` prints a table. All times are minima of some repetitions, one
process and several in turn, with one thread a process; ratios count, and nothing else is to run
meanwhile. ``--only gram`` takes one line; ``--points 10_000_000 --only memory`` the largest.

- ``gram``: JᵀJ and Jᵀr of a basis of P functions at N points.
- ``triangle``: that of (J r) by Householder reflections (TSQR).
- ``network``: the loss and its gradient of a network.
- ``sweep``: four solves of some ten seconds each by ``pdedsl sweep``.
- ``memory``: one step with P = 1,024 by ``pdedsl solve``, and the most memory.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from pdedsl import api
from pdedsl.compiler.residual.first_order import normal_sums, triangle
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.linalg.linearisation import PLAIN
from pdedsl.ranks.sharing import shared
from pdedsl.ranks.starting import group_of

SPEC = """problem "waves"
domain  Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq: lap(u) + 4*u = sin(9*x)*cos(7*y)
bc: u = 0  on boundary
"""
BASIS = {"kind": "basis", "family": "legendre", "modes": 31}  # 1,024 functions
NETWORK = {"kind": "mlp", "width": 64, "depth": 3}
ORDERS: dict[str, tuple[dict[str, Any], int, Callable[[ResidualSystem], Any]]] = {
    "gram": (BASIS, 200_000, lambda s: s.total(normal_sums, s.theta0, PLAIN)),
    "triangle": (BASIS, 20_000, lambda s: s.gathered(triangle, s.theta0, PLAIN)),
    "network": (NETWORK, 50_000, lambda s: s.loss_and_grad(s.theta0 + 0.0)),
}


def compare(name: str, processes: int, repeats: int) -> tuple[float, float]:
    """Least seconds of one process and of several."""
    model, points, ask = ORDERS[name]
    torch.set_num_threads(1)
    whole = api.compile(api.parse(SPEC), model, points={"eq": points, "bc": points // 50})
    alone, together = [], []
    with group_of(processes):
        both = shared(whole)
        for _ in range(repeats):
            for system, seconds in ((whole, alone), (both, together)):
                start = time.perf_counter()
                ask(system)
                seconds.append(time.perf_counter() - start)
    return min(alone), min(together)


def sweep(processes: int) -> tuple[float, float]:
    """Seconds for four solves of a network, one after another and so many at once."""
    found = []
    for many in (1, processes):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "waves.pde").write_text(SPEC, encoding="utf-8")
            start = time.perf_counter()
            run(
                folder, "sweep", "waves.pde", "--seeds", "0..3", "--method", "lm", "--quiet",
                "--with", "optimizer.iterations=60", "--processes", str(many),
            )  # fmt: skip
            found.append(time.perf_counter() - start)
    return found[0], found[1]


def memory(points: int, processes: int, optimizer: str) -> tuple[float, float, float]:
    """Seconds, the most GiB of all processes together, and the relative error, of a solve.

    With 1,024 functions; the steps of ``engd`` are by sums, of ``lstsq`` by triangles.
    """
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "waves.pde").write_text(KNOWN, encoding="utf-8")
        start = time.perf_counter()
        command = [
            sys.executable, "-m", "pdedsl", "solve", "waves.pde", "--method", "lstsq",
            "--with", "model.kind=basis", "--with", "model.modes=31", "--with", "model.index=box",
            "--with", f"optimizer.kind={optimizer}", "--with", "sampling.kind=sobol",
            "--with", f"sampling.points.eq={points}",
            "--with", f"sampling.points.bc={points // 50}",
            "--iterations", "1", "--no-plots", "--quiet", "--json", "--processes", str(processes),
        ]  # fmt: skip
        running = subprocess.Popen(
            command, cwd=folder, env=os.environ | {"OMP_NUM_THREADS": "1"}, text=True,
            stdout=subprocess.PIPE,
        )  # fmt: skip
        most = 0.0
        while running.poll() is None:
            most = max(most, resident(running.pid))
            time.sleep(0.5)
        seconds = time.perf_counter() - start
        assert running.stdout is not None
        return seconds, most, json.loads(running.stdout.read())["errors"]["u"]["rel_l2"]


KNOWN = SPEC.replace("sin(9*x)*cos(7*y)", "(4 - 2*pi^2)*sin(pi*x)*sin(pi*y)") + (
    "exact u = sin(pi*x)*sin(pi*y)\n"
)


def resident(process: int) -> float:
    """GiB of a process and of those that it has started."""
    root = Path(f"/proc/{process}")
    try:
        pages = int((root / "statm").read_text(encoding="utf-8").split()[1])
        children = (root / f"task/{process}/children").read_text(encoding="utf-8").split()
    except FileNotFoundError:
        return 0.0
    own = pages * os.sysconf("SC_PAGE_SIZE") / 2**30
    return own + sum(resident(int(child)) for child in children)


def run(folder: str, *arguments: str) -> None:
    """A command of pdedsl."""
    subprocess.run(
        [sys.executable, "-m", "pdedsl", *arguments], cwd=folder, check=False,
        env=os.environ | {"OMP_NUM_THREADS": "1"}, stdout=subprocess.DEVNULL,
    )  # fmt: skip


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=[*ORDERS, "sweep", "memory"], action="append")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--points", type=int, default=200_000)
    parser.add_argument("--optimizer", default="engd")
    given = parser.parse_args()
    wanted = given.only or [*ORDERS, "sweep", "memory"]
    print("what         one process   several    ratio")
    for name in wanted:
        if name == "memory":
            seconds, most, error = memory(given.points, given.processes, given.optimizer)
            print(f"{given.points:,} points: {seconds:.0f} s, {most:.2f} GiB, error {error:.1e}")
            continue
        one, several = (
            sweep(given.processes) if name == "sweep"
            else compare(name, given.processes, given.repeats)
        )  # fmt: skip
        print(f"{name:10}   {one:9.2f} s {several:9.2f} s {one / several:8.2f}", flush=True)


if __name__ == "__main__":
    main()
