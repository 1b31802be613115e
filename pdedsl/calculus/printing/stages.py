"""The operators of a whole problem as text: adjoint, Hermitian square and symbol."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pdedsl.calculus.adjoint import adjoint
from pdedsl.calculus.composition import hermitian_square
from pdedsl.calculus.operator import LinearOperator
from pdedsl.calculus.parts import Part, parts_of
from pdedsl.calculus.symbol import symbol
from pdedsl.calculus.zero import KINKED
from pdedsl.ir import Problem, TooLargeError
from pdedsl.ir.text import place_text

from .operator_text import matrix_rows, operator_rows

STAGES = ("adjoint", "dstard", "symbol")


def stage_text(problem: Problem, stage: str) -> str:
    """Every domain's equations and every other law, with their operators.

    Args:
        problem: the problem.
        stage: ``adjoint`` for the operators and their adjoints, ``dstard`` for L*L,
            ``symbol`` for σ, its principal part and σ^H σ. Laws that are no equations of a
            domain have no adjoint: there stand the operator B, or its symbol.
    """
    return "\n".join(_block(part, stage) for part in parts_of(problem))


def _block(part: Part, stage: str) -> str:
    return "".join([f"{_head(part)}\n", *(f"  {line}\n" for line in _lines(part, stage))])


def _head(part: Part) -> str:
    text = f"{part.name}, {place_text(part.place)}"
    return f"{text}, {part.remark}" if part.remark and part.operator else text


def _lines(part: Part, stage: str) -> Iterator[str]:
    if part.operator is None:
        yield f"no operator: {part.remark}"
        return
    letter = "L" if part.equations else "B"
    try:
        if stage == "adjoint":
            yield from _operator(letter, part.operator, part.labels)
            if part.equations:
                yield from _operator("L*", adjoint(part.operator), part.operator.unknowns)
        elif stage == "symbol":
            yield from _symbol(part)
        elif part.equations:
            square = hermitian_square(part.operator)
            yield from _operator("L*L", square, part.operator.unknowns)
        else:
            yield from _operator(letter, part.operator, part.labels)
    except TooLargeError:
        yield "(too large to be written out)"
        return
    if part.equations and any(a.has(*KINKED) for _, a in part.operator.terms()):
        yield "(coefficients with a jump are differentiated on either side of it alone)"


def _operator(name: str, operator: LinearOperator, labels: Sequence[str]) -> Iterator[str]:
    yield from _rows(f"{name} {_tuple(operator.unknowns)}", operator_rows(operator), labels)


def _symbol(part: Part) -> Iterator[str]:
    assert part.operator is not None
    found, names = symbol(part.operator), part.operator.unknowns
    on = "" if len(names) == 1 else f" on {_tuple(names)}"
    yield from _rows(f"symbol{on}", matrix_rows(found.matrix), part.labels)
    if part.equations:
        yield from _rows("principal", matrix_rows(found.principal), part.labels)
        yield from _rows("squared", matrix_rows(found.squared), names)


def _rows(name: str, rows: Sequence[str], labels: Sequence[str]) -> Iterator[str]:
    if len(rows) == 1:
        yield f"{name} = {rows[0]}"
        return
    yield f"{name} ="
    for label, row in zip(labels, rows, strict=True):
        yield f"  {label}: {row}"


def _tuple(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"({', '.join(names)})"
