"""``pdedsl show``: what the program understands of a spec, stage by stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import click

from pdedsl.cli.console import emit, emit_json
from pdedsl.cli.options import examples, json_option, set_option

if TYPE_CHECKING:
    from pdedsl.ir import Problem

_OPERATOR_STAGES = ("adjoint", "dstard", "symbol")
_WRITTEN = (*_OPERATOR_STAGES, "weak")  # as text and as LaTeX
_STAGES = ("ast", "problem", "residual", "latex", "torch", *_WRITTEN)


class _Parts(click.ParamType):
    """A whole number from 0 on, or ``all``."""

    name = "N|all"

    def convert(self, value: Any, param: Any, ctx: Any) -> int | Literal["all"]:
        """The number, or the word."""
        if value == "all":
            return "all"
        if not str(value).isdecimal():
            self.fail(f"{value!r} is neither a whole number nor all", param, ctx)
        return int(value)


@click.command(
    "show",
    epilog=examples(
        "pdedsl show specs/helmholtz.pde --stage residual --set k=4",
        "pdedsl show specs/burgers.pde --stage latex",
        "pdedsl show specs/elasticity.pde --stage dstard",
        "pdedsl show specs/burgers.pde --stage weak --parts all",
    ),
)
@click.argument("file")
@click.option(
    "--stage",
    type=click.Choice(_STAGES),
    default="problem",
    show_default=True,
    help="ast: the syntax tree; problem: names resolved; residual: what is brought to zero; "
    "latex: the laws and the operators of the domains as LaTeX; torch: the generated code; "
    "adjoint: the differential operator L of each law and its adjoint L*; dstard: L*L; "
    "symbol: the symbol of L, its principal part, its square. Nonlinear laws are linearised there. "
    "weak: the equations against a test function v, integrated by parts.",
)
@click.option("--latex", is_flag=True, help=f"Write the stage as LaTeX; for {', '.join(_WRITTEN)}.")
@click.option(
    "--parts",
    type=_Parts(),
    default="1",
    show_default=True,
    help="For the stage weak: how often to integrate by parts; all: as often as the terms allow.",
)
@set_option
@json_option()
def command(
    file: str,
    stage: str,
    latex: bool,
    parts: int | Literal["all"],
    params: tuple[tuple[str, float], ...],
    as_json: bool,
) -> int:
    """Print one stage of a spec on its way to numbers."""
    if latex and stage not in _WRITTEN:
        stages = ", ".join(_WRITTEN)
        raise click.UsageError(f"--latex goes with the stages {stages}, not with {stage}")
    text = _tree(file) if stage == "ast" else _stage(file, stage, latex, parts, dict(params))
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


def _stage(
    file: str, stage: str, latex: bool, parts: int | Literal["all"], params: dict[str, float]
) -> str:
    from pdedsl.api import compile, load

    problem = load(file, params)
    if stage in ("problem", "residual"):
        from pdedsl.ir.text import problem_text, residual_text

        return problem_text(problem) if stage == "problem" else residual_text(problem)
    if stage == "latex":
        return _latex(problem)
    if stage in _OPERATOR_STAGES:
        from pdedsl.calculus.printing.stages import stage_text
        from pdedsl.calculus.printing.stages_latex import stage_latex

        return stage_latex(problem, stage) if latex else stage_text(problem, stage)
    if stage == "weak":
        from pdedsl.transforms.weak.stage import weak_latex, weak_text

        return weak_latex(problem, parts) if latex else weak_text(problem, parts)
    return str(compile(problem).code())


def _latex(problem: Problem) -> str:
    from pdedsl.calculus.printing.stages_latex import summary_latex
    from pdedsl.ir.latex import problem_latex

    return "\n".join(filter(None, (problem_latex(problem), summary_latex(problem))))
