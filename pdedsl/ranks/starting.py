"""Starting a group: by the command itself on one machine, or joining that of ``torchrun``."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta

import torch
import torch.distributed as dist

from .group import LostRankError, RankGroup
from .sharing import GROUPS

_SILENCE = timedelta(minutes=30)
"""Of a process that neither answers nor ends. No order is expected to take as long †."""
_MOMENT = 0.5  # seconds until one that was killed is known to have ended †
_GRACE = 10.0  # seconds that processes have to end by themselves †


def launched() -> bool:
    """Whether ``torchrun`` has started this process as one of several."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1 and "RANK" in os.environ


@contextmanager
def group_of(processes: int) -> Iterator[RankGroup | None]:
    """A group for the block: that of ``torchrun``, or this process and others that it starts.

    In a process of ``torchrun`` other than the first the block is to `RankGroup.serve`.

    Args:
        processes: how many, of which this is one; None is given for 1.
    """
    if launched():
        with _joined(int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])) as group:
            yield group
        return
    if processes == 1:
        yield None
        return
    with _others(processes) as others, _joined(0, processes) as group:
        try:
            yield group
        except LostRankError as error:
            raise LostRankError(_told_of(others)) from error


@contextmanager
def _joined(rank: int, size: int) -> Iterator[RankGroup]:
    dist.init_process_group("gloo", rank=rank, world_size=size, timeout=_SILENCE)
    group = RankGroup(rank, size)
    if rank > 0:
        yield group
        return
    GROUPS.append(group)
    try:
        yield group
    finally:
        GROUPS.remove(group)
        group.close()


@contextmanager
def _others(processes: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes on this machine that serve; the threads of all share the cores."""
    threads = max(1, torch.get_num_threads() // processes)
    here = {
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(_free_port()),
        "GLOO_SOCKET_IFNAME": os.environ.get("GLOO_SOCKET_IFNAME", "lo"),
    }
    before = {name: os.environ.get(name) for name in here}
    os.environ.update(here)
    torch.set_num_threads(threads)
    command = [sys.executable, "-m", "pdedsl.ranks"]
    started = []
    for rank in range(1, processes):
        own = os.environ | {"RANK": str(rank), "WORLD_SIZE": str(processes)}
        own["OMP_NUM_THREADS"] = str(threads)
        started.append(subprocess.Popen(command, env=own, stdin=subprocess.DEVNULL))
    try:
        yield started
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
        for process in started:
            try:
                process.wait(_GRACE)
            except subprocess.TimeoutExpired:
                process.kill()


def serve() -> None:
    """What a process that another has started does, until that needs it no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the first one
    with group_of(int(os.environ["WORLD_SIZE"])) as group:
        assert group is not None
        group.serve()


def _told_of(others: Sequence[subprocess.Popen[bytes]]) -> str:
    """Which process has ended, in words."""
    for rank, process in enumerate(others, 1):
        with suppress(subprocess.TimeoutExpired):
            code = process.wait(_MOMENT)
            how = f"was killed by signal {-code}" if code < 0 else f"ended with status {code}"
            if code != 0:
                return f"process {rank} of {len(others) + 1} {how}"
    return "a process answers no more"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
