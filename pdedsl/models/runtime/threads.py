"""Parts of a computation at the same time, each in a thread of its own.

Inside of an operation torch shares the work of its loop between threads, which meet at its end;
an operation on a few thousand numbers is over before they have met. Threads with whole parts of
the computation meet once. Operations of torch let Python's other threads run meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Barrier, Lock, local
from typing import TypeVar

import torch

T = TypeVar("T")

# More threads would wait for Python, which runs in one at a time, between the operations.
MOST = 8

_here = local()
_lock = Lock()
_pools: dict[tuple[int, int], ThreadPoolExecutor] = {}
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pools.clear)


def count() -> int:
    """How many parts are computed at the same time."""
    return 1 if getattr(_here, "inside", False) else max(1, min(torch.get_num_threads(), MOST))


def together(tasks: Sequence[Callable[[], T]]) -> list[T]:
    """The results of tasks, one for each thread: at most `count`, mostly of torch's operations.

    Raises:
        Exception: what the first task that failed raised, after the others are done.
    """
    if len(tasks) < 2:
        return [task() for task in tasks]
    futures = [_pool(len(tasks)).submit(task) for task in tasks]
    try:
        wait(futures)
    finally:  # an interrupt must not leave them at work in memory that is used again
        wait(futures)
    return [future.result() for future in futures]


def _pool(size: int) -> ThreadPoolExecutor:
    """Threads that share torch's own between them."""
    threads = torch.get_num_threads()
    key = size, max(1, threads // size)
    with _lock:
        if key not in _pools:
            try:
                _pools[key] = _started(*key)
            finally:  # what a thread sets is also what threads started later take
                torch.set_num_threads(threads)
        return _pools[key]


def _started(size: int, threads: int) -> ThreadPoolExecutor:
    ready = Barrier(size + 1)

    def start() -> None:
        _here.inside = True
        torch.get_num_threads()  # by which a thread takes the number of all, and not again later
        torch.set_num_threads(threads)
        ready.wait()

    pool = ThreadPoolExecutor(size, "pdedsl", start)
    for _ in range(size):
        pool.submit(int)
    ready.wait()
    return pool
