"""``pdedsl export``: a saved solution as a file, on a mesh of its true shape or as functions."""

from __future__ import annotations

from pathlib import Path

import click

from pdedsl.cli.console import emit, say
from pdedsl.cli.failure import Failure
from pdedsl.cli.options import examples


@click.command(
    "export",
    epilog=examples(
        "pdedsl export runs/plate-001 --to plate.vtu",
        "pdedsl export runs/heat-001 --to heat.pvd --times 21",
        "pdedsl export runs/heat-001 --to heat.npz --at t=0.5 --cells 200",
        "pdedsl export runs/heat-001 --to heat.nc --cells 100",
        "pdedsl export runs/heat-001 --to heat.py",
        "pdedsl export runs/pendulum-001 --to pendulum.onnx",
    ),
)
@click.argument("run")
@click.option(
    "--to", "path", required=True, metavar="FILE",
    help="FILE.vtu, .pvd, .csv, .npz, .nc, .py, .pt2 or .onnx.",
)  # fmt: skip
@click.option("--at", "places", metavar="t=0.5", help="Values of time and of parameters.")
@click.option("--cells", type=click.IntRange(2, 2000), metavar="N", help="Cells along a side.")
@click.option(
    "--times", type=click.IntRange(2, 10_000), default=11, show_default=True, metavar="N",
    help="Moments of time in a .pvd, .csv or .npz.",
)  # fmt: skip
def command(run: str, path: str, places: str | None, cells: int | None, times: int) -> int:
    """Write a saved run on a mesh of its shape, on a grid for xarray, or as functions.

    Time without a value by --at has --times moments, and is its end in a .vtu. The grid (.nc) goes
    over all inputs, time among them, but for those that have a value by --at; points of it outside
    of the domain have no value (NaN). FILE.py has functions such as u(x, t), arrays in and arrays
    out, and needs NumPy alone, or PyTorch where the solution is a network; it is compared with the
    solution at random points before it is kept. FILE.pt2 and FILE.onnx have a network as a graph,
    points (n, inputs) to values (n, components), for torch.export.load and for ONNX
    (pip install 'pdedsl[onnx]').
    """
    from pdedsl.results import Solution
    from pdedsl.runs import RunFolder

    solution = Solution.load(run)
    if RunFolder.owner(Path(path)) is not None:
        raise click.UsageError(f"--to {path}: this is a file of a run; name another one")
    try:
        found = solution.export(path, cells=cells, at=_values(places), times=times, tell=say)
    except ImportError as error:
        raise Failure(str(error)) from error
    except ValueError as error:
        raise click.UsageError(f"{path}: {error}") from None
    except OSError as error:
        raise Failure(f"cannot write {path}: {error.strerror}") from error
    for name in found:
        emit(str(name))
    return 0


def _values(text: str | None) -> dict[str, float]:
    """Read ``t=0.5,nu=0.1``."""
    given = {}
    for part in text.split(",") if text else ():
        name, _, value = (piece.strip() for piece in part.partition("="))
        try:
            given[name] = float(value)
        except ValueError:
            raise click.UsageError(f"--at {text}: expected t=0.5, not {part!r}") from None
    return given
