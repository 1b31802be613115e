"""Starting a group: by the command itself on one machine, or joining that of ``torchrun``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta

import torch
import torch.distributed as dist

from .group import LostRankError, RankGroup
from .sharing import GROUPS

_SILENCE = timedelta(days=7)
"""Of a process that neither answers nor ends: the others wait for orders as long as the first one
works by itself. One that has ended is known by its closed connection."""
_HERE, _PORT = "127.0.0.1", "PDEDSL_RANKS_PORT"
_LOOK = 0.02  # seconds between two looks at processes that are expected †
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

    Raises:
        LostRankError: a process has ended before the block has.
    """
    if launched():
        rank, size = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
        dist.init_process_group("gloo", rank=rank, world_size=size, timeout=_SILENCE)
        with _giving_orders(RankGroup(rank, size)) as group:
            yield group
        return
    if processes == 1:
        yield None
        return
    # Port 0 is one that is free.
    store = dist.TCPStore(_HERE, 0, is_master=True, wait_for_workers=False, timeout=_SILENCE)
    with _others(processes, store.port) as others:
        try:
            _meet(store, others)
            dist.init_process_group(
                "gloo", store=store, rank=0, world_size=processes, timeout=_SILENCE
            )
            with _giving_orders(RankGroup(0, processes)) as group:
                yield group
        except LostRankError as error:
            raise LostRankError(_told_of(others)) from error


def serve() -> None:
    """What a process that another has started does, until that needs it no more."""
    # These ask the first one to end with its best state, for which it needs the others.
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    rank, size = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    if _PORT not in os.environ:  # torchrun
        with group_of(size) as group:
            assert group is not None
            group.serve()
        return
    try:
        store = dist.TCPStore(_HERE, int(os.environ[_PORT]), timeout=_SILENCE)
        store.set(_key(rank), "here")
        dist.init_process_group("gloo", store=store, rank=rank, world_size=size, timeout=_SILENCE)
    except RuntimeError:
        return  # the first one has ended
    RankGroup(rank, size).serve()


@contextmanager
def _giving_orders(group: RankGroup) -> Iterator[RankGroup]:
    if group.rank > 0:
        yield group
        return
    GROUPS.append(group)
    try:
        yield group
    finally:
        GROUPS.remove(group)
        group.close()


def _meet(store: dist.TCPStore, others: Sequence[subprocess.Popen[bytes]]) -> None:
    """Wait for all, as long as none has ended: joining has no other way to learn of that."""
    keys = [_key(rank) for rank in range(1, len(others) + 1)]
    while not store.check(keys):
        if any(process.poll() is not None for process in others):
            raise LostRankError("a process has ended before it has begun")
        time.sleep(_LOOK)


def _key(rank: int) -> str:
    return f"rank {rank}"


@contextmanager
def _others(processes: int, port: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes on this machine that serve; the threads of all share the cores."""
    before = torch.get_num_threads()
    threads = max(1, before // processes)
    torch.set_num_threads(threads)
    own = os.environ | {_PORT: str(port), "OMP_NUM_THREADS": str(threads)}
    own |= {"WORLD_SIZE": str(processes), "GLOO_SOCKET_IFNAME": _interface()}
    command = [sys.executable, "-m", "pdedsl.ranks"]
    started = [
        # In a session of its own: signals of the terminal are for the first one.
        subprocess.Popen(
            command, env=own | {"RANK": str(rank)}, stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        for rank in range(1, processes)
    ]  # fmt: skip
    os.environ["GLOO_SOCKET_IFNAME"] = _interface()
    try:
        yield started
    finally:
        torch.set_num_threads(before)
        for process in started:
            try:
                process.wait(_GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _interface() -> str:
    """The network interface that processes on one machine use."""
    return os.environ.get("GLOO_SOCKET_IFNAME", "lo0" if sys.platform == "darwin" else "lo")


def _told_of(others: Sequence[subprocess.Popen[bytes]]) -> str:
    """Which process has ended, in words."""
    for rank, process in enumerate(others, 1):
        with suppress(subprocess.TimeoutExpired):
            code = process.wait(_MOMENT)
            how = f"was killed by signal {-code}" if code < 0 else f"ended with status {code}"
            if code != 0:
                return f"process {rank} of {len(others) + 1} {how}"
    return "a process answers no more"
