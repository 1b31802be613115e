"""All kinds of cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.benchmarks.truth.case import Case

from . import delays, eigenpairs, growth, layers, rates, shocks, starts, steps, units

KINDS = {
    "units": units,
    "starts": starts,
    "steps": steps,
    "layers": layers,
    "growth": growth,
    "eigen": eigenpairs,
    "delays": delays,
    "shocks": shocks,
    "rates": rates,
}


def cases(words: Sequence[str] = ()) -> Iterator[Case]:
    """Those of some kinds, or with a word in their name; all without words."""
    named = [word for word in words if word in KINDS]
    others = [word for word in words if word not in KINDS]
    for kind in named or KINDS:
        for case in KINDS[kind].cases():
            if not others or any(word in case.name for word in others):
                yield case
