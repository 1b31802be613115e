"""``pdedsl show``: what the program understands of a spec, stage by stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .console import emit, emit_json
from .options import examples, json_option, set_option

if TYPE_CHECKING:
    from pdedsl.ir import Problem

_STAGES = ("ast", "problem", "residual", "latex", "torch")


@click.command(
    "show",
    epilog=examples(
        "pdedsl show specs/helmholtz.pde --stage residual --set k=4",
        "pdedsl show specs/burgers.pde --stage latex",
    ),
)
@click.argument("file")
@click.option(
    "--stage",
    type=click.Choice(_STAGES),
    default="problem",
    show_default=True,
    help="ast: the syntax tree; problem: names resolved; residual: what is brought to zero; "
    "latex: the laws as LaTeX; torch: the generated code.",
)
@set_option
@json_option()
def command(file: str, stage: str, params: tuple[tuple[str, float], ...], as_json: bool) -> int:
    """Print one stage of a spec on its way to numbers."""
    text = _tree(file) if stage == "ast" else _stage(file, stage, dict(params))
    if as_json:
        emit_json({"file": file, "stage": stage, "text": text})
    else:
        emit(text.rstrip("\n"))
    return 0


def _tree(file: str) -> str:
    from pdedsl.diagnostics import UserError
    from pdedsl.syntax import ast, load_source, read

    source = load_source(file)
    reading = read(source)
    if reading.report.errors:
        raise UserError(reading.report.errors, source)
    return ast.dump(reading.spec)


def _stage(file: str, stage: str, params: dict[str, float]) -> str:
    from pdedsl.api import load

    problem = load(file, params)
    if stage == "problem":
        from pdedsl.ir.text import problem_text

        return problem_text(problem)
    if stage == "residual":
        from pdedsl.ir.text import residual_text

        return residual_text(problem)
    if stage == "latex":
        from pdedsl.ir.latex import problem_latex

        return problem_latex(problem)
    return _code(problem)


def _code(problem: Problem) -> str:
    from pdedsl.api import compile

    system = compile(problem)
    return str(system.code())
