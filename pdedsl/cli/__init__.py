"""The command line: arguments to calls, and printing. Commands are imported when used."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from .streams import prepare

# The commands at whose end nothing is left to be done. Taking torch apart is 0.3 s of computing.
_PLAIN = ("check", "fmt", "show", "list", "solve")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit.

    Exit status: 0 done; 1 the spec or the method is at fault; 2 usage; 3 the solve failed;
    70 a defect of the program.
    """
    prepare()
    # Start-up is most of the time of a check: collecting while modules load is wasted.
    gc.set_threshold(100_000)
    # numpy's matrices are small here, and its threads wait for each other: an analysis of 4 s
    # took 24 s on two busy cores. torch, which trains, has its own.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Threads that spin for long while they wait take the cores from each other wherever anything
    # else runs, and threads that sleep at once are late at every loop. In 9 s on two cores `lm`
    # made 103 steps with a long spin, 94 with this one, 63 with none and 82 with one thread;
    # beside two other programs 6 with the usual one and 23 to 39 with 20,000 to 2,000 turns.
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", "6000")
    from .program import program

    try:
        program.main(None if arguments is None else list(arguments), prog_name="pdedsl")
    except SystemExit as end:
        if arguments is None and sys.argv[1:2] and sys.argv[1] in _PLAIN:
            _leave(end.code)
        raise
    raise SystemExit(0)


def _leave(code: object) -> None:
    """End the process at once: taking sympy apart would cost 0.1 s, a sixth of a check.

    Returns where something is left to be said or written, which the usual end takes care of.
    """
    if not isinstance(code, int | None) or "torch._inductor.async_compile" in sys.modules:
        return  # compilers of derivatives are processes that have to be ended
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except (OSError, ValueError):
        return
    os._exit(code or 0)


__all__ = ["main"]
