"""Growth of times with the points, the order, the dimension and the width, drawn as a PNG.

Run as ``python -m tests.benchmarks.growth growth.png``. Each panel changes one size of the residual
and keeps the others; the loss and its gradient are timed for pdedsl, for nested differentiation
and for JAX where it is installed (the faster one of whole batch and chunks). The legend gives the
exponent s of time ~ size^s, fitted by least squares to the logarithms.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.ticker import FuncFormatter, LogLocator

from tests.benchmarks.peers.cases import Case
from tests.benchmarks.peers.comparison import Outcome, Plan, compare
from tests.benchmarks.peers.options import parser, settle
from tests.benchmarks.peers.table import console, long_table, write_json

from .peers import roster

# Name in the legend, candidates, colour (Okabe and Ito), marker.
CURVES = (
    ("pdedsl", ("pdedsl",), "#0072B2", "o"),
    ("pdedsl compiled", ("pdedsl compiled",), "#56B4E9", "D"),
    ("nested", ("nested",), "#D55E00", "s"),
    ("JAX", ("JAX jvp of grad", "JAX jvp of jvp"), "#009E73", "^"),
)
MEMBERS = tuple(n for n in roster.ROSTER if n.removesuffix(", chunks") in
                {name for _, names, _, _ in CURVES for name in names})  # fmt: skip


@dataclass(frozen=True)
class Panel:
    """One size that changes.

    Args:
        label: of the axis.
        title: what is kept.
        field: of the case.
        case: the residual.
        values: of the field.
        quick: those for a quick run.
    """

    label: str
    title: str
    field: str
    case: Case
    values: tuple[int, ...]
    quick: tuple[int, ...]


LAPLACIAN = Case("laplacian", "laplacian", points=2_000)
PANELS = {
    "points": Panel(
        "points", "Δu in the plane", "points", LAPLACIAN,
        (250, 1_000, 4_000, 16_000, 64_000), (250, 1_000, 4_000),
    ),
    "order": Panel(
        "order k of the derivative", "∂ᵏu/∂xᵏ", "order",
        Case("derivative", "derivative", inputs=1, points=2_000), (1, 2, 3, 4, 5), (1, 2, 3),
    ),
    "dimension": Panel(
        "dimension d", "Δu in d dimensions", "inputs", LAPLACIAN, (1, 2, 4, 8, 16), (1, 2, 4),
    ),
    "width": Panel(
        "neurons in a layer", "Δu in the plane", "width", LAPLACIAN,
        (16, 32, 64, 128, 256), (16, 32, 64),
    ),
}  # fmt: skip


def slope(sizes: list[float], times: list[float]) -> float:
    """The exponent of a power law through the points."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


def measured(panel: Panel, values: tuple[int, ...], dtype: str, options: Any) -> list[Outcome]:
    """The outcomes along a panel."""
    found = []
    for value in values:
        case = replace(panel.case, **dict[str, Any]([(panel.field, value)]))
        if options.points and panel.field != "points":
            case = case.at(options.points[0])
        plan = Plan(
            roster.__name__, MEMBERS, dtype, options.rounds, options.threads, options.memory,
            roster.PROBED,
        )  # fmt: skip
        found.append(compare(case, plan))
        title = f"{panel.title}, {panel.label} {value}, {case.points:,} points, {dtype}"
        console().print(long_table(found[-1], title))
    return found


def draw(axis: Any, panel: Panel, outcomes: list[Outcome]) -> None:
    """One panel: a curve for each that has times."""
    for name, members, colour, marker in CURVES:
        sizes, times = [], []
        for outcome in outcomes:
            row = outcome.best(members)
            if row is not None and row.times is not None:
                sizes.append(float(getattr(outcome.case, panel.field)))
                times.append(1e3 * row.times.median)
        if not sizes:
            continue
        fit = f"  (s = {slope(sizes, times):.2f})" if len(sizes) > 1 else ""
        axis.loglog(sizes, times, marker=marker, color=colour, label=name + fit, markersize=5)
    values = [getattr(outcome.case, panel.field) for outcome in outcomes]
    axis.set_xticks(values, [f"{value:,}" for value in values])
    axis.minorticks_off()
    axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    kept = "" if panel.field == "points" else f", {outcomes[0].case.points:,} points"
    axis.set(xlabel=panel.label, ylabel="loss and gradient, ms", title=panel.title + kept)
    axis.grid(visible=True, which="major", alpha=0.3)
    axis.legend(frameon=False, fontsize=8)


def main() -> int:
    """Measure, draw, and print the tables; 1 where a candidate was wrong or broke down."""
    made = parser(__doc__.splitlines()[0], list(PANELS))
    made.add_argument("picture", type=Path, help="the PNG to be written")
    made.set_defaults(dtype=["float64"], rounds=5, memory=False)
    options = made.parse_args()
    settle(options)
    matplotlib.use("Agg")
    from matplotlib import pyplot

    panels = [PANELS[name] for name in options.case]
    every: list[Outcome] = []
    rows = len(options.dtype)
    figure, axes = pyplot.subplots(
        rows, len(panels), figsize=(4.2 * len(panels), 3.6 * rows), squeeze=False,
        layout="constrained",
    )  # fmt: skip
    for dtype, line in zip(options.dtype, axes, strict=True):
        for panel, axis in zip(panels, line, strict=True):
            values = panel.quick if options.quick else panel.values
            if options.points and panel.field == "points":
                values = tuple(options.points)
            outcomes = measured(panel, values, dtype, options)
            every += outcomes
            draw(axis, panel, outcomes)
            if rows > 1:
                axis.set_title(f"{axis.get_title()}, {dtype}")
    figure.savefig(options.picture, dpi=150)
    if options.json:
        write_json(options.json, every, options.threads, rounds=options.rounds,
                   allocator=options.allocator)  # fmt: skip
    return int(any(outcome.failed for outcome in every))


if __name__ == "__main__":
    sys.exit(main())
