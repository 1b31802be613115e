"""``pdedsl eval``: values of a saved solution."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pdedsl.cli.console import emit, emit_json, say
from pdedsl.cli.failure import Failure
from pdedsl.cli.options import examples, json_option
from pdedsl.cli.rows.output_rows import output_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pdedsl.results import Solution

_MOST_POINTS = 10_000_000
_NO_OUTPUT = "the spec has no output to print instead"


@click.command(
    "eval",
    epilog=examples(
        "pdedsl eval runs/helmholtz-001 --at x=0.5,y=0.25 --field u --field u_xx",
        "pdedsl eval runs/helmholtz-001 --grid 101 --out values.csv",
        "pdedsl eval runs/helmholtz-001",
    ),
)
@click.argument("run")
@click.option("--at", "places", multiple=True, metavar="x=0.5,y=0.25", help="A point; repeatable.")
@click.option("--points", metavar="FILE", help="Points: a CSV file with coordinates as header.")
@click.option("--grid", type=click.IntRange(2), metavar="N", help="A grid of N values an axis.")
@click.option(
    "--field",
    "names",
    multiple=True,
    metavar="NAME",
    help="A field, component or derivative such as u, v[1], u_xx; repeatable (default: all).",
)
@click.option("--out", metavar="FILE", help="Write the CSV there instead of standard output.")
@json_option()
def command(
    run: str,
    places: tuple[str, ...],
    points: str | None,
    grid: int | None,
    names: tuple[str, ...],
    out: str | None,
    as_json: bool,
) -> int:
    """Evaluate a saved run at points, as CSV; without points, print its outputs."""
    given = sum((bool(places), points is not None, grid is not None))
    if given > 1:
        raise click.UsageError("give the points with one of --at, --points and --grid")
    from pdedsl.results import Solution

    solution = Solution.load(run)
    _check_target(out)
    if not given:
        _show_outputs(run, solution, plain=not (names or out), as_json=as_json)
        return 0
    rows = _points(solution, places, points, grid)
    _warn_outside(solution, rows, grid is not None)
    columns = _columns(solution, rows, names)
    if as_json:
        emit_json({"run": run, "columns": columns})
    else:
        _write(columns, out)
    return 0


def _check_target(out: str | None) -> None:
    """Refuse to write over a file of a run, which is what its solution is read from."""
    from pdedsl.runs import RunFolder

    if out is not None and RunFolder.owner(Path(out)) is not None:
        raise click.UsageError(f"--out {out}: this is a file of a run; name another one")


def _show_outputs(run: str, solution: Solution, plain: bool, as_json: bool) -> None:
    from pdedsl.solution.summary import outputs

    if not (plain and solution.problem.outputs):
        ways = "give the points with one of --at, --points and --grid"
        raise click.UsageError(ways if solution.problem.outputs else f"{ways}: {_NO_OUTPUT}")
    found = outputs(solution)
    if as_json:
        emit_json({"run": run, "outputs": found})
    for label, text in () if as_json else output_rows(found, dict(solution.problem.units)):
        emit(f"{label}  {text}")


def _points(
    solution: Solution, places: tuple[str, ...], file: str | None, grid: int | None
) -> NDArray[np.float64]:
    import numpy as np

    from pdedsl.solution.grids import axes, tensor_points

    names = solution.problem.dimension_names
    if grid is not None:
        if grid ** len(names) > _MOST_POINTS:
            raise click.UsageError(f"--grid {grid} in {len(names)} dimensions is too many points")
        return tensor_points(axes(solution.problem, grid))
    if file is not None:
        return _from_file(file, names)
    return np.array([_place(text, names) for text in places])


def _place(text: str, names: tuple[str, ...]) -> list[float]:
    """Read ``x=0.5,y=0.25``."""
    given: dict[str, float] = {}
    for part in text.split(","):
        name, _, value = (piece.strip() for piece in part.partition("="))
        try:
            given[name] = float(value)
        except ValueError:
            raise click.UsageError(f"--at {text}: expected x=0.5,y=0.25, not {part!r}") from None
    if set(given) != set(names):
        raise click.UsageError(f"--at {text}: the coordinates are {', '.join(names)}")
    return [given[name] for name in names]


def _from_file(file: str, names: tuple[str, ...]) -> NDArray[np.float64]:
    import numpy as np

    try:
        with open(file, encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, skipinitialspace=True)
            header = [name.strip() for name in reader.fieldnames or ()]
            reader.fieldnames = header
            missing = [name for name in names if name not in header]
            if missing:
                raise click.UsageError(f"{file}: no column {', '.join(missing)} in its header")
            rows = [_row(file, reader.line_num, row, names) for row in reader]
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise click.UsageError(f"cannot read {file}: {reason}") from error
    if not rows:
        raise click.UsageError(f"{file}: there are no points in it")
    return np.array(rows)


def _row(file: str, line: int, row: dict[str, Any], names: tuple[str, ...]) -> list[float]:
    if any(entry.strip() for entry in row.get(None) or ()):  # type: ignore[call-overload]
        raise click.UsageError(f"{file}:{line}: there are more entries than columns")
    try:
        return [float(row[name]) for name in names]
    except (TypeError, ValueError):
        raise click.UsageError(f"{file}:{line}: expected a number in each column") from None


def _warn_outside(solution: Solution, rows: NDArray[np.float64], grid: bool) -> None:
    from pdedsl.solution.grids import extends, outside

    problem = solution.problem
    far = outside(problem, rows)
    if not far.any():
        return
    what = "values there mean nothing" if extends(problem) else "there are no values there (nan)"
    names = "" if grid else f"; the first is {_named(problem.dimension_names, rows[far][0])}"
    say(f"{far.sum()} of {len(rows)} points lie outside the domain; {what}{names}")


def _named(names: tuple[str, ...], point: NDArray[np.float64]) -> str:
    return ", ".join(f"{name} = {value:g}" for name, value in zip(names, point, strict=True))


def _columns(
    solution: Solution, rows: NDArray[np.float64], names: tuple[str, ...]
) -> dict[str, NDArray[np.float64]]:
    columns = {n: rows[:, i] for i, n in enumerate(solution.problem.dimension_names)}
    if not names:
        return columns | solution.at(rows)
    for name in names:
        try:
            values = solution.sample(name, rows)
        except ValueError as error:
            raise click.UsageError(f"--field: {error}") from None
        many = {f"{name}[{i}]": v for i, v in enumerate(values, start=1)}
        columns |= many if values.ndim > 1 else {name: values}
    return columns


def _write(columns: dict[str, NDArray[np.float64]], out: str | None) -> None:
    from pdedsl.runs import write_text

    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    for row in zip(*(column.tolist() for column in columns.values()), strict=True):
        writer.writerow(repr(value) for value in row)
    if out is None:
        emit(stream.getvalue().rstrip("\n"))
        return
    try:
        write_text(Path(out), stream.getvalue())
    except OSError as error:
        raise Failure(f"cannot write {out}: {error.strerror}") from error
