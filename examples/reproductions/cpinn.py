"""Conservative subdomains on Burgers' equation: four networks side by side in x."""

from __future__ import annotations

from collections.abc import Iterator

from .common import Reproduction, Row, Study, error, how, spec

STEPS = 150
PIECES = 4
# About as many parameters, and as many points, as those of the four pieces together.
WHOLE = {"domain.split": {}, "model.width": 24, "sampling.points.eq": 2400}


def measure(study: Study) -> Iterator[Row]:
    """Four pieces, and one network for the whole with the same method."""
    problem = spec("burgers")
    by_auto = study.auto(problem)
    split = study.solve(problem, "cpinn", STEPS, {"domain.split": {"x": PIECES}})
    yield Row(f"Burgers, {PIECES} pieces", "in figures only", error(split), by_auto, how(split))
    whole = study.solve(problem, "cpinn", STEPS, WHOLE)
    yield Row("the same in one piece", None, error(whole), by_auto, how(whole))


REPRODUCTION = Reproduction(
    __file__, "cPINN", "Jagtap, Kharazmi and Karniadakis 2020, CMAME 365", measure
)

if __name__ == "__main__":
    REPRODUCTION.main()
