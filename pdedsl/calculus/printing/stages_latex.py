"""The operators of a whole problem as LaTeX; the twin of `stages`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from pdedsl.calculus.adjoint import adjoint
from pdedsl.calculus.composition import hermitian_square
from pdedsl.calculus.operator import LinearOperator
from pdedsl.calculus.parts import Part, parts_of
from pdedsl.calculus.symbol import symbol
from pdedsl.ir import Problem, TooLargeError, size
from pdedsl.ir.latex import place_latex

from .operator_latex import matrix_latex, operator_latex, symbol_latex, unknowns_latex
from .stages import STAGES

LONGEST = 1_000
"""Characters of an equation in `summary_latex`; longer ones are left to the stages."""

_ALL = f"% pdedsl show --latex with --stage {', '.join(STAGES[:-1])} or {STAGES[-1]} prints all\n"

LARGEST = 200
"""Nodes of the coefficients of an operator that `summary_latex` looks at."""


def stage_latex(problem: Problem, stage: str) -> str:
    """As `stages.stage_text`, in an ``aligned`` environment."""
    return _align([line for p in parts_of(problem) for line in _lines(p, (stage,))])


def summary_latex(problem: Problem) -> str:
    """Operator, adjoint, Hermitian square and symbol of each domain, where they are short.

    Comments of LaTeX below say what was left out, and why. Empty where there is nothing to write.
    """
    lines: list[str] = []
    left: list[str] = []
    for part in (p for p in parts_of(problem) if p.equations):
        if _nodes(part) > LARGEST:
            count = f"coefficients of {_nodes(part):,} parts, where {LARGEST} are the most"
            left.append(f"the operators for {part.name}: {count}")
        else:
            lines += _lines(part, STAGES, LONGEST, left)
    comments = "".join(f"% left out: {text}\n" for text in left)
    return (_align(lines) if lines else "") + comments + (_ALL if left else "")


def _nodes(part: Part) -> int:
    return sum(size(a) for _, a in part.operator.terms()) if part.operator else 0


def _align(lines: list[str]) -> str:
    body = " \\\\\n".join(lines)
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n"


def _lines(
    part: Part, stages: Sequence[str], longest: float = math.inf, left: list[str] | None = None
) -> Iterator[str]:
    """Equations of a part; the first says where they hold.

    Args:
        part: the part.
        stages: which equations.
        longest: characters of an equation; longer ones are left out.
        left: takes what these are, in words.
    """
    where = " && " + place_latex(part.place)
    if part.remark:
        where += rf"\text{{, {_plain(part.remark)}}}"
    if part.operator is None:
        yield rf"&\ \text{{{_plain(part.name)}: no operator}}{where}"
        return
    for stage in stages:
        try:
            lines = [f"{a} &= {b}" for a, b in _sides(part.operator, stage, part.equations)]
        except TooLargeError:
            lines = [rf"&\ \text{{{_plain(part.name)}: too large to be written out}}"]
        for line in lines:
            if len(line) <= longest:
                yield line + where
                where = ""
            elif left is not None:
                count = f"{len(line):,} characters, where {longest:,} are the most"
                left.append(f"an equation of stage {stage} for {part.name}: {count}")


def _sides(operator: LinearOperator, stage: str, equations: bool) -> Iterator[tuple[str, str]]:
    if stage == "symbol":
        found = symbol(operator)
        yield r"\sigma(\xi)", symbol_latex(found)
        if not equations:
            return
        yield r"\sigma_{\mathrm{principal}}(\xi)", matrix_latex(found.principal)
        one = len(operator.unknowns) == 1
        yield r"|\sigma|^{2}" if one else r"\sigma^{H} \sigma", matrix_latex(found.squared)
    elif stage == "dstard" and equations:
        yield f"L^{{*}} L {unknowns_latex(operator)}", operator_latex(hermitian_square(operator))
    else:
        yield f"{'L' if equations else 'B'} {unknowns_latex(operator)}", operator_latex(operator)
        if equations:
            dual = adjoint(operator)
            yield f"L^{{*}} {unknowns_latex(dual)}", operator_latex(dual)


def _plain(text: str) -> str:
    """Words with the signs that mean something to LaTeX escaped."""
    for sign in "_%&#$":
        text = text.replace(sign, rf"\{sign}")
    return text.replace("^", r"\^{}")
