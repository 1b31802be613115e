"""Self-adaptive weights of points on the Allen–Cahn and Helmholtz equations."""

from __future__ import annotations

from collections.abc import Iterator

from .common import Reproduction, Row, Study, error, how, spec

STAGES = (2000, 2000)
"""Of Adam and of L-BFGS at scale 1; theirs are 10,000 each."""
POINTS = {"sampling.points.eq": 2000}
CASES = (
    ("Allen–Cahn", "allen_cahn", 2.1e-2, "4 × 50 neurons and 2,000 points, theirs 4 × 128, 20,000"),
    ("Helmholtz (1, 4)", "helmholtz", 3.2e-3, "2,000 points and rate 5e-3, theirs 100,000, 1e-3"),
)


def measure(study: Study) -> Iterator[Row]:
    """Each equation with the masks, and with the same network and stages without."""
    for title, name, published, remark in CASES:
        problem = spec(name)
        by_auto = study.auto(problem, 60)
        masked = study.solve(problem, "sa_pinn", STAGES, POINTS)
        yield Row(f"{title}, SA-PINN", published, error(masked), by_auto, how(masked), remark)
        plain = study.solve(problem, "sa_pinn", STAGES, POINTS | {"schedule.rules": []})
        yield Row(f"{title}, the same without masks", None, error(plain), by_auto, how(plain))


REPRODUCTION = Reproduction(
    __file__, "Self-adaptive weights", "McClenny and Braga-Neto, arXiv 2009.04544", measure
)

if __name__ == "__main__":
    REPRODUCTION.main()
