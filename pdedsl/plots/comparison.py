"""The courses of several trainings on one problem, one curve for each method."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .style import CYCLE, figure, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pdedsl.solution import Solution

_LINES = ("-", "--", ":")  # a new kind where the colours are used up
_ROW = 0.17  # height of a line of the legend in inches
_LONGEST = 28  # of a method's name


def comparison_figure(solutions: Sequence[Solution]) -> Figure:
    """The error over steps and over seconds, all axes logarithmic, with the final values.

    The error is the largest relative L2 error of the fields; where no solution is known, it is
    the loss, which has the weights of each method. Values of 0 and values that are no numbers
    are left out.

    Args:
        solutions: of one problem, at least one, in the order of the legend.
    """
    known = any(p.rel_l2 is not None for s in solutions for p in s.outcome.history)
    with style():
        made = figure(9.0, 3.8 + _ROW * len(solutions))
        left, right = made.subplots(1, 2, sharey=True)
        for index, solution in enumerate(solutions):
            how: dict[str, Any] = {
                "color": CYCLE[index % len(CYCLE)],
                "linestyle": _LINES[index // len(CYCLE) % len(_LINES)],
            }
            points = [(p, p.rel_l2 if known else p.loss) for p in solution.outcome.history]
            shown = [(p, v) for p, v in points if v is not None and math.isfinite(v) and v > 0]
            _draw(left, [p.iteration for p, _ in shown], [v for _, v in shown], how)
            _draw(right, [p.seconds for p, _ in shown], [v for _, v in shown], how)
        left.set(xlabel="step", ylabel="relative L2 error" if known else "loss")
        right.set(xlabel="seconds")
        for panel in (left, right):
            panel.set(xscale="log", yscale="log")
            panel.grid(True)
        made.suptitle(solutions[0].problem.title, fontsize=10)
        _legend(made, left.lines, solutions, known)
    return made


def _draw(panel: Any, places: Sequence[float], values: Sequence[float], how: Any) -> None:
    """A curve with a dot at its end."""
    last = {"marker": "o", "markersize": 4.5, "markevery": [-1]} if values else {}
    panel.plot(places, values, linewidth=1.3, **how, **last)


def _legend(made: Figure, lines: Sequence[Any], solutions: Sequence[Solution], known: bool) -> None:
    """A table below the panels: method, final value, steps, seconds."""
    names = [_short(s.provenance.method) for s in solutions]
    width = max(len("method"), *map(len, names))
    head = "error" if known else "loss"
    labels = [
        f"{name:<{width}}  {_final(solution, known):>8}  "
        f"{solution.outcome.iterations:>8}  {solution.outcome.seconds:>7.1f}"
        for name, solution in zip(names, solutions, strict=True)
    ]
    made.legend(
        lines,
        labels,
        loc="outside lower center",
        title=f"{'method':<{width}}  {head:>8}  {'steps':>8}  {'seconds':>7}",
        prop={"family": "monospace", "size": 8},
        title_fontproperties={"family": "monospace", "size": 8},
        alignment="right",
    )


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"…{name[1 - _LONGEST :]}"


def _final(solution: Solution, known: bool) -> str:
    """The value at the end, of the state that is kept."""
    value: float | None = solution.outcome.loss
    if known:
        errors = [entry["rel_l2"] for entry in (solution.errors or {}).values()]
        value = max((e for e in errors if math.isfinite(e)), default=None)
    return "–" if value is None or not math.isfinite(value) else f"{value:.1e}"
