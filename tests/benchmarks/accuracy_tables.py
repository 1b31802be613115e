"""The tables of the accuracy benchmark as markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .accuracy_store import COLUMNS, FAILED, UNSUPPORTED, Cell, Store
from .published import FIGURES, Figures

_HEAD = (
    "spec", "published best", "DeepXDE, same budget",
    "network: wanted", "error", "seconds", "auto: wanted", "error", "seconds", "met",
)  # fmt: skip
_HEAD_OTHERS = ("spec", "error", "of", "end", "seconds")
_NOTHING = "–"


def report(store: Store, budget: float, seed: int, specs: Sequence[str] | None = None) -> str:
    """Both tables and the line below them.

    Args:
        store: the cells.
        budget: of the cells that are shown.
        seed: of the cells that are shown.
        specs: which to show; None for all that have a cell.

    Raises:
        ValueError: there is no such cell.
    """
    names = store.specs(budget, seed)
    names = [name for name in names if specs is None or name in specs]
    if not names:
        have = ", ".join(f"{b:g} s with seed {s}" for b, s in store.budgets()) or "nothing"
        raise ValueError(f"no cells for a budget of {budget:g} s and seed {seed}; there is {have}")
    rows = [name for name in FIGURES if name in names]
    others = [name for name in names if name not in FIGURES]
    cells: dict[str, dict[str, Cell]] = {
        name: {c.key.column: c for c in _cells(store, name, budget, seed)} for name in names
    }
    parts = []
    if rows:
        parts += [_table(_HEAD, [row(name, FIGURES[name], cells[name]) for name in rows])]
        verdicts = [met(FIGURES[name], cells[name]) for name in rows]
        text = f"Rows met by both {verdicts.count('both')} of {len(rows)}"
        for one in ("auto", "network"):
            count = sum(verdict in (one, "both") for verdict in verdicts)
            text += f", by {one} {count}"
        parts += [f"{text}; budget {budget:g} s, seed {seed}; {_machine(cells)}."]
    if others:
        parts += [_table(_HEAD_OTHERS, [row_without(name, cells[name]) for name in others])]
    return "\n\n".join(parts) + "\n"


def row(name: str, figures: Figures, cells: Mapping[str, Cell]) -> tuple[str, ...]:
    """The row of a spec with figures."""
    network, auto = cells.get("network"), cells.get("auto")
    within = figures.network_within
    wanted = f"{figures.network:.0e}" + (f" in {within:g} s" if within else "")
    return (
        name, figures.published, error_text(cells.get("deepxde")),
        wanted, error_text(network), seconds_text(network),
        f"{figures.auto:.0e}", error_text(auto), seconds_text(auto), met(figures, cells),
    )  # fmt: skip


def row_without(name: str, cells: Mapping[str, Cell]) -> tuple[str, ...]:
    """The row of a spec without figures: ``auto`` alone, and which component is worst."""
    auto = cells.get("auto")
    worst = _NOTHING
    if auto is not None and auto.error is not None:
        found = {**auto.errors, **auto.numbers}
        worst = max(found, key=lambda component: found[component] or 0.0)
    status = _NOTHING if auto is None else auto.status
    return name, error_text(auto), worst, status, seconds_text(auto)


def met(figures: Figures, cells: Mapping[str, Cell]) -> str:
    """``both``, ``auto``, ``network`` or ``no``; a cell that was not run has not met its figure."""
    auto, network = cells.get("auto"), cells.get("network")
    good_auto = auto is not None and _good(auto, figures.auto, None)
    good_network = network is not None and _good(network, figures.network, figures.network_within)
    if good_auto and good_network:
        return "both"
    return "auto" if good_auto else "network" if good_network else "no"


def _good(cell: Cell, wanted: float, within: float | None) -> bool:
    """Whether the error at the end is small enough, and was so in time."""
    if cell.error is None or cell.error > wanted:
        return False
    time = cell.reached(wanted)
    return within is None or (time is not None and time <= within)


def error_text(cell: Cell | None) -> str:
    """The error of a cell, or why there is none."""
    if cell is None:
        return "not run"
    if cell.error is not None:
        return f"{cell.error:.1e}"
    if cell.status == UNSUPPORTED:
        return "cannot be solved yet"
    if cell.status == FAILED:
        return f"failed: {cell.reason}".replace("|", "/")
    return "not known" if not cell.errors and not cell.numbers else "not a number"


def seconds_text(cell: Cell | None) -> str:
    """Seconds in all."""
    return _NOTHING if cell is None or cell.total is None else f"{cell.total:.1f}"


def _cells(store: Store, name: str, budget: float, seed: int) -> Iterable[Cell]:
    found = (store.latest(name, column, budget, seed) for column in COLUMNS)
    return (cell for cell in found if cell is not None)


def _machine(cells: Mapping[str, Mapping[str, Cell]]) -> str:
    """Processor, cores, threads, dates and versions; all that occur, if there are several."""
    machines = [c.machine for row_ in cells.values() for c in row_.values() if c.machine]

    def every(name: str) -> str:
        return " and ".join(sorted({str(m[name]) for m in machines if name in m})) or "unknown"

    versions = sorted({c.key.version for row_ in cells.values() for c in row_.values()})
    return (
        f"{every('processor')}, {every('cores')} cores, {every('threads')} threads, "
        f"{every('date')}, {', '.join(versions)}, torch {every('torch')}"
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(_line(cells) for cells in [head, ["---"] * len(head), *rows])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
