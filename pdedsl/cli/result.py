"""The table at the end of a solve, and several side by side."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .console import emit, number
from .rows.bound_rows import bound_rows
from .rows.deviation_rows import correlation_rows, deviation_rows, found_number, noise_rows
from .rows.estimate_rows import estimate_rows
from .rows.estimator_rows import estimator_rows
from .rows.output_rows import output_rows

if TYPE_CHECKING:
    from pdedsl.solution.differences import Difference

Data = Mapping[str, Any]

_CONTRADICTED = 3.0  # times the residual at the points of the training; a choice
_ROUNDING = 1e-10  # relative residuals below this say nothing of points, whatever their ratio


def show_result(data: Data) -> None:
    """Print the table of one result; ``data`` is `Solution.summary()`."""
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for label, text in rows(data):
        table.add_row(_plain(label), _plain(text))
    _print(_plain(data["problem"], "bold"), table)


def show_comparison(results: Sequence[Data], names: Sequence[str] = ()) -> None:
    """Print several results side by side, a column for each method, or for each name."""
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("", no_wrap=True, style="bold")
    for name in names or [data["method"] for data in results]:
        table.add_column(_plain(name), justify="right", overflow="fold")
    if names:
        for label in ("problem", "method"):
            table.add_row(_plain(label), *(_plain(data[label]) for data in results))
    for label, texts in comparison(results):
        table.add_row(_plain(label), *(_plain(text) for text in texts))
    _print(_plain(results[0]["problem"], "bold"), table)


def show_differences(found: Sequence[Mapping[str, Difference]], names: Sequence[str]) -> None:
    """Print how far solutions are from the first, a line for each component."""
    entries = [
        (name, component, number(own.rel_l2), number(own.linf), str(own.points))
        for name, each in zip(names, found, strict=True)
        for component, own in each.items()
    ]
    if not entries:
        emit("no field is in both with the same inputs, so there is no difference to take")
        return
    emit("")
    heads = ("run", "field", f"L2 difference from {names[0]}", "largest", "points")
    show_table(heads, entries)


def show_table(heads: Sequence[str], entries: Sequence[Sequence[str]]) -> None:
    """Print texts in columns under their heads."""
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for i, head in enumerate(heads):
        table.add_column(_plain(head), overflow="fold", no_wrap=i == 0)  # a name is typed again
    for entry in entries:
        table.add_row(*map(_plain, entry))
    _print(table)


def rows(data: Data) -> list[tuple[str, str]]:
    """Label and text of each line."""
    found = [
        ("method", _with_reason(data["method"], data["why"])),
        ("outcome", _outcome(data)),
        ("iterations", str(data["iterations"])),
    ]
    if data.get("fresh_loss") is not None:
        found.append(("loss", _losses(data)))
    for name, error in (data["errors"] or {}).items():
        kind = "absolute" if error.get("absolute") else "relative"
        text = f"{kind} L2 {number(error['rel_l2'])}, largest {number(error['linf'])}"
        found.append((f"error {name}", text))
    found += estimate_rows(data)
    found += deviation_rows(data)
    found += noise_rows(data)
    found += bound_rows(data)
    found += [(f"rms {label}", _law(label, data)) for label in data["laws"]]
    for label, rms in data["exact_laws"].items():
        found.append((f"rms {label}", f"{number(rms)}, exact whatever the parameters"))
    found += [_held_out(own) for own in data.get("held_out") or ()]
    found += [(f"{label} is soft", reason) for label, reason in data["soft_laws"].items()]
    found += [("note", text) for text in data.get("notes", ())]
    found += estimator_rows(data)
    for name, value in data["unknowns"].items():
        found.append((name, found_number(name, value, data)))
    found += correlation_rows(data)
    found += output_rows(data.get("outputs") or {}, data.get("units") or {})
    seconds = data["seconds"]
    parts = f"compile {seconds['compile']:.1f} s, training {seconds['train']:.1f} s"
    if seconds.get("estimate", 0.0) >= 0.05:
        parts += f", estimate of the error {seconds['estimate']:.1f} s"
    if seconds["choose"] >= 0.05:
        parts = f"choice of the method {seconds['choose']:.1f} s, {parts}"
    found.append(("time", f"{seconds['total']:.1f} s ({parts})"))
    if data.get("watched"):
        found.append(("watched", _watched(data["watched"])))
    if data["run"]:
        found.append(("saved in", data["run"]))
    return found


def comparison(results: Sequence[Data]) -> list[tuple[str, list[str]]]:
    """Label and a text for each result."""
    found = [("status", [r["status"] for r in results])]
    for name in _keys(results, "errors"):
        errors = [(r["errors"] or {}).get(name, {}) for r in results]
        kind = "absolute" if any(e.get("absolute") for e in errors) else "relative"
        found.append((f"{kind} L2 error {name}", [number(e.get("rel_l2")) for e in errors]))
        found.append((f"largest error {name}", [number(e.get("linf")) for e in errors]))
    found += [
        (f"rms {label}", [_rms(r, label) for r in results])
        for label in dict.fromkeys([*_keys(results, "laws"), *_keys(results, "exact_laws")])
    ]
    found += [
        (name, [f"{r['unknowns'][name]:.6g}" for r in results])
        for name in _keys(results, "unknowns")
    ]
    for name in dict.fromkeys(key for r in results for key in r.get("outputs") or {}):
        values = [(r.get("outputs") or {}).get(name, {}).get("value") for r in results]
        found.append((f"output {name}", ["–" if v is None else f"{v:.6g}" for v in values]))
    found.append(("loss", [number(r["loss"]) for r in results]))
    if any(r.get("fresh_loss") is not None for r in results):
        found.append(("loss on fresh points", [number(r.get("fresh_loss")) for r in results]))
    found.append(("iterations", [str(r["iterations"]) for r in results]))
    found.append(("seconds", [f"{r['seconds']['total']:.1f}" for r in results]))
    return found


def _outcome(data: Data) -> str:
    """The word for the result, how the training ended, and what speaks against the result."""
    ended = data.get("ended", data["status"])
    if data["status"] == ended:
        return _with_reason(ended, data["reason"])
    return f"{data['status']}: {data['failure']} (training {_with_reason(ended, data['reason'])})"


def _law(label: str, data: Data) -> str:
    """The residual at points that no step has seen where they contradict those of the training."""
    rms, fresh = data["laws"][label], data.get("fresh_laws", {}).get(label)
    relative = data.get("laws_relative", {}).get(label)
    if rms is None or fresh is None or relative is None:
        return number(rms)
    told = f"{relative:.1g} of the size of its terms"
    if fresh > _CONTRADICTED * rms and relative > _ROUNDING:
        return f"{number(fresh)} at fresh points, {told} ({number(rms)} at those of the training)"
    return f"{number(rms)}, {told}"


def _rms(data: Data, label: str) -> str:
    exact = data["exact_laws"].get(label)
    return number(data["laws"].get(label)) if exact is None else f"{number(exact)} exact"


def _keys(results: Sequence[Data], section: str) -> list[str]:
    return list(dict.fromkeys(key for r in results for key in (r[section] or {})))


def _with_reason(text: str, reason: str) -> str:
    return f"{text}: {reason}" if reason else text


def _watched(data: Data) -> str:
    parts = [f"{kind} left out: {why}" for kind, why in data["left_out"].items()]
    return "; ".join([f"{data['moments']} moments of the training", *parts])


def _losses(data: Data) -> str:
    text = (
        f"{number(data['loss'])} on the training points, "
        f"{number(data['fresh_loss'])} on fresh points"
    )
    if not data.get("points_overfitted", data["overfitted"]):
        return text
    return (
        f"{text}: the training points are overfitted, so that the laws hold far less well between "
        "them; take more points (sampling.points), draw them anew (sampling.resample), or stop "
        "early (schedule.fresh)"
    )


def _held_out(own: Data) -> tuple[str, str]:
    text = f"rms {number(own['rms'])} at {own['rows']} rows that were not fitted"
    return f"held out {own['name']}", f"{text}, {number(own['fitted_rms'])} at the others"


def _plain(text: str, style: str = "") -> Any:
    """Text that rich prints as it is, whatever brackets it holds."""
    from rich.text import Text

    return Text(text, style=style)


def _print(*items: Any) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    if not (console.is_terminal or os.environ.get("COLUMNS")):
        # A pipe has no width of its own; lines of a file should not be folded at 80.
        console = Console(highlight=False, width=160)
    with console.capture() as captured:
        for item in items:
            console.print(item)
    emit("\n".join(line.rstrip() for line in captured.get().splitlines()))
