"""``pdedsl plot``: pictures of a run, sections, lines, animations, and a page with all of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pdedsl.cli.console import emit
from pdedsl.cli.failure import Failure
from pdedsl.cli.options import Assignments, examples

if TYPE_CHECKING:
    from pdedsl.results import Solution


@click.command(
    "plot",
    epilog=examples(
        "pdedsl plot runs/helmholtz-001",
        "pdedsl plot runs/burgers-001 --field u --at t=0.5",
        "pdedsl plot runs/helmholtz-001 --line x=-1,y=0 x=1,y=0",
        "pdedsl plot runs/burgers-001 --animate burgers.gif",
        "pdedsl plot runs/helmholtz-001 --report helmholtz.html",
    ),
)
@click.argument("run")
@click.option("--out", metavar="DIR", help="Folder for the pictures (default: RUN/pictures).")
@click.option(
    "--field", "fields", multiple=True, metavar="NAME",
    help="A field or component; repeatable (default: all).",
)  # fmt: skip
@click.option(
    "--at", "place", type=Assignments(), metavar="t=0.5",
    help="Values of inputs: a section there, over the inputs that are left.",
)  # fmt: skip
@click.option(
    "--line", type=(Assignments(), Assignments()), metavar="FROM TO",
    help="Curves along a straight line between two points.",
)  # fmt: skip
@click.option("--animate", metavar="FILE", help="An animation over time: FILE.gif or FILE.mp4.")
@click.option("--report", metavar="FILE", help="A page of HTML with the table and all pictures.")
def command(
    run: str,
    out: str | None,
    fields: tuple[str, ...],
    place: dict[str, float] | None,
    line: tuple[dict[str, float], dict[str, float]] | None,
    animate: str | None,
    report: str | None,
) -> int:
    """Draw the pictures of a saved run."""
    if sum(given is not None for given in (place, line, animate, report)) > 1:
        raise click.UsageError("give one of --at, --line, --animate and --report")
    from pdedsl.results import Solution

    solution = Solution.load(run)
    folder = Path(out) if out else Path(run) / "pictures"
    try:
        for path in _draw(solution, folder, fields or None, place, line, animate, report):
            emit(str(path))
    except FileExistsError as error:
        raise click.UsageError(f"{error}; name another one") from error
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        raise Failure(f"cannot write the pictures: {error.strerror or error}") from error
    return 0


def _draw(
    solution: Solution,
    folder: Path,
    fields: tuple[str, ...] | None,
    place: dict[str, float] | None,
    line: tuple[dict[str, float], dict[str, float]] | None,
    animation: str | None,
    report: str | None,
) -> list[Path]:
    """The files that were written."""
    if animation is not None:
        return [solution.animate(animation, fields)]
    if report is not None:
        return [_write_report(solution, Path(report), fields)]
    if line is not None:
        return [_draw_line(solution, folder, line, fields)]
    return [folder / f"{name}.png" for name in solution.plot(folder, at=place, fields=fields)]


def _draw_line(
    solution: Solution, folder: Path, line: tuple[Any, Any], fields: tuple[str, ...] | None
) -> Path:
    from pdedsl.plots.draw import section_name
    from pdedsl.plots.style import save, style

    with style():
        made = solution.plot_line(*line, fields)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"line{section_name(line[0])}_to{section_name(line[1])}.png"
    save(made, path)
    return path


def _write_report(solution: Solution, path: Path, fields: tuple[str, ...] | None) -> Path:
    from pdedsl.cli.result import rows
    from pdedsl.plots.report import report_page
    from pdedsl.runs import write_bytes

    if path.exists():
        raise FileExistsError(f"{path} exists already, and nothing is overwritten")
    data = solution.summary()
    texts = {"Spec": _text(solution, "spec.pde"), "Method": _text(solution, "method.toml")}
    page = report_page(
        data["problem"],
        data["failure"] or f"{data['status']}: {data['reason']}",
        data["usable"],
        rows(data),
        {name: text for name, text in texts.items() if text},
        solution.plot(fields=fields),
    )
    write_bytes(path, page.encode("utf-8"))
    return path


def _text(solution: Solution, name: str) -> str:
    path = None if solution.run is None else solution.run / name
    return path.read_text(encoding="utf-8") if path is not None and path.is_file() else ""
