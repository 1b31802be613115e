"""``pdedsl analyze``: how hard a spec is to train, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pdedsl.cli.console import emit, emit_json, say
from pdedsl.cli.failure import Failure
from pdedsl.cli.options import Real, Setting, examples, json_option, set_option
from pdedsl.cli.training import load_and_warn

from .analyze_network import analyze_network, check_combination

if TYPE_CHECKING:
    from pdedsl.results import Report

_FAMILIES = ("fourier", "sine", "cosine", "legendre", "chebyshev", "mixed")


@click.command(
    "analyze",
    epilog=examples(
        "pdedsl analyze specs/poisson_1d.pde --basis fourier --modes 10",
        "pdedsl analyze specs/advection.pde --set beta=50 --plot advection.png",
        "pdedsl analyze specs/heat.pde --basis mixed --verify --json > heat.json",
        "pdedsl analyze specs/heat.pde --network lm --iterations 50 --pictures heat",
    ),
)
@click.argument("file")
@click.option(
    "--basis",
    "family",
    type=click.Choice(_FAMILIES),
    default="fourier",
    show_default=True,
    help="Functions of the linear model; mixed: Fourier in periodic axes, Legendre in others.",
)
@click.option(
    "--modes",
    type=click.IntRange(1, 20_000),
    metavar="K",
    help="Highest wave number or degree (default: at most 20, and at most 150 functions).",
)
@click.option(
    "--index",
    type=click.Choice(["box", "total"]),
    help="Bound every wave number, or their sum (default: box up to three inputs).",
)
@click.option(
    "--epsilon",
    type=Real(1),
    default=1e-3,
    show_default=True,
    help="Part of the first error that gradient descent is to reach.",
)
@set_option
@click.option("--verify", is_flag=True, help="Train the linear model and compare (some seconds).")
@click.option("--plot", "picture", metavar="PNG", help="Draw the curves into a new file.")
@click.option(
    "--network",
    metavar="METHOD",
    help="Train the network of a preset, a TOML file or auto, and measure its kernel, Hessian "
    "and gradients instead.",
)
@click.option(
    "--iterations", type=click.IntRange(1), help="With --network: train for so many iterations."
)
@click.option(
    "--budget",
    type=Real(),
    metavar="SECONDS",
    help="With --network: train so long (default: 20, or no limit with --iterations).",
)
@click.option(
    "--with",
    "settings",
    type=Setting(),
    multiple=True,
    help="With --network: change the method, such as model.width=64; may be repeated.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    help="With --network: of the points and the first guess (default: 0).",
)
@click.option("--pictures", metavar="DIR", help="With --network: draw into a folder, new or empty.")
@json_option()
@click.pass_context
def command(
    ctx: click.Context,
    file: str,
    family: str,
    modes: int | None,
    index: str | None,
    epsilon: float,
    params: tuple[tuple[str, float], ...],
    verify: bool,
    picture: str | None,
    network: str | None,
    pictures: str | None,
    as_json: bool,
    **training: Any,
) -> int:
    """Print the operator, its adjoint and square, condition numbers and what helps.

    With --network, train a network and print the spectra of its tangent kernel, the Hessian and
    the gradients of the laws along the training.
    """
    check_combination(ctx, network)
    problem = load_and_warn(file, dict(params), quiet=False)
    if network is not None:
        return analyze_network(problem, network, pictures, as_json, **training)
    from pdedsl.api import analyze

    target = _free(picture) if picture else None
    report = analyze(problem, family, modes, index, epsilon, verify)
    if as_json:
        emit_json(report.as_data())
    else:
        emit(str(report))
    return _draw(report, target) if target else 0


def _free(name: str) -> Path:
    path = Path(name)
    fault = ""
    if path.suffix.lower() != ".png":
        fault = f"{name} needs the ending .png"
    elif path.exists():
        fault = f"{name} exists already; nothing is overwritten"
    elif not path.parent.is_dir():
        fault = f"there is no folder {path.parent}"
    if fault:
        raise click.BadParameter(fault, param_hint="--plot")
    return path


def _draw(report: Report, path: Path) -> int:
    if report.conditioning is None:
        say(f"no picture: {report.obstacle}")
        return 3
    try:
        report.plot(path)
    except OSError as error:
        raise Failure(f"the picture {path} cannot be written: {error.strerror or error}") from None
    say(f"drawn: {path}")
    return 0
