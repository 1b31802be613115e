"""The report as one page of text."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from textwrap import wrap

from .report import Conditioning, Goal, Operator, Report, Verification
from .rounding import number

_WIDTH = 92
_LONGEST = 600
_HELP = 0.9  # a preconditioner that leaves more than this part of κ is of no use


def page(report: Report) -> str:
    """The report in plain text, some forty lines."""
    given = ", ".join(f"{name} = {value:.6g}" for name, value in report.params.items())
    lines = [report.problem, *([given] if given else []), ""]
    for operator in report.operators:
        lines += [*_operator(operator, report), ""]
    if report.conditioning is None:
        lines += ["Conditioning", *paragraph(f"not computed: {report.obstacle}"), ""]
    else:
        lines += [*_conditioning(report.conditioning, report), ""]
    if report.verification is not None:
        lines += [*_verification(report.verification), ""]
    lines += ["Recommendation", *_recommendation(report)]
    return "\n".join(lines)


def _recommendation(report: Report) -> Iterator[str]:
    advice = report.advice
    for doubt in advice.doubts:
        yield from paragraph(f"mend the spec first: {doubt}")
    if advice.doubts:
        yield from paragraph(
            "as it stands, small residuals do not make a solution; what follows is about lowering "
            "them alone"
        )
    yield from paragraph(f"{advice.method}: {advice.reason}")


def _operator(found: Operator, report: Report) -> Iterator[str]:
    yield f"Operator{f' in {found.place}' if found.place else ''} ({', '.join(found.laws)})"
    kind = "linear" if found.linear else "nonlinear"
    yield f"  {kind}, order {found.order}, {found.type.kind}"
    for part in found.type.parts if len(found.type.parts) > 1 else ():
        yield f"    {part.kind} {part.where} ({100 * part.share:.0f} %)"
    yield from paragraph(found.type.reason)
    if not found.linear:
        yield from paragraph(
            "below, the derivative at a state, with du for the change of u; A is taken at "
            f"{report.state}"
        )
    names = ("L u", "L* w", "L*L u", "symbol", "|symbol|^2")
    texts = (found.operator, found.adjoint, found.dstard, found.symbol, found.squared)
    for name, text in zip(names, texts, strict=True):
        yield from _formula(name, text)


def _formula(name: str, text: str) -> Iterator[str]:
    if len(text) > _LONGEST:
        kept = text[:_LONGEST].rpartition(" ")[0]
        text = f"{kept} … ({len(text):,} characters; pdedsl show prints all)"
    head = f"  {name:<11}"
    for place, row in enumerate(text.splitlines()):
        first = head if place == 0 else " " * len(head)
        rest = " " * (len(head) + 2)
        yield from wrap(row, _WIDTH, initial_indent=first, subsequent_indent=rest,
                        break_long_words=False, break_on_hyphens=False)  # fmt: skip


def paragraph(text: str) -> list[str]:
    """A paragraph, indented."""
    return wrap(text, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)


def _conditioning(found: Conditioning, report: Report) -> Iterator[str]:
    yield f"Conditioning of A(λ) = ∫ Lφ Lφᵀ + λ mean Bφ Bφᵀ; {found.basis}, P = {found.functions}"
    yield from paragraph(f"rule: {found.method}")
    for note in found.notes:
        yield from paragraph(note)
    for label, why in found.skipped:
        yield from paragraph(f"without {label}: {why}")
    yield from _singular(found)
    yield ""
    yield "       K      P    κ at λ = 1    best λ    best κ   preconditioned κ"
    for size in found.sizes:
        yield (
            f"  {size.modes:>6} {size.functions:>6} {number(size.at_one):>13} "
            f"{number(size.weight, 3):>9} {number(size.kappa):>9} {number(size.preconditioned):>18}"
        )
    yield ""
    for name, text in _findings(found, report):
        yield from _entry(name, text)


def _findings(found: Conditioning, report: Report) -> Iterator[tuple[str, str]]:
    if found.growth is not None:
        yield "growth", f"κ at the best λ grows like K^{found.growth:.2f}"
    yield "weights", _weights(found)
    yield "precond.", _preconditioner(found)
    if report.steps is not None:
        yield (
            "steps",
            f"gradient descent needs at most κ ln(1/ε) = {number(report.steps.plain, 3)} to "
            f"bring the error to {report.steps.epsilon:g} of its first size, and "
            f"{number(report.steps.preconditioned, 3)} with the preconditioner",
        )


def _entry(name: str, text: str) -> list[str]:
    head = f"  {name:<11}"
    return wrap(text, _WIDTH, initial_indent=head, subsequent_indent=" " * len(head),
                break_on_hyphens=False)  # fmt: skip


def _singular(found: Conditioning) -> Iterator[str]:
    if found.rank < found.functions:
        yield from paragraph(
            f"A is singular: {found.functions - found.rank} of {found.functions} directions are "
            "seen by no law; κ is that of the others"
        )


def _weights(found: Conditioning) -> str:
    if not found.loss_weights or len(found.loss_weights) < 2:
        return "there is no condition to weigh"
    low, high = found.valley
    text = f"within 10 % of the best κ for λ from {number(low, 3)} to {number(high, 3)}"
    if low == 0 and high == inf:
        text = "κ does not depend on λ"
    elif low == 0:
        text += "; λ from 0, as the equations alone are invertible on this basis: κ needs no "
        text += "condition there, the solution does"
    if found.weights is not None and found.kappa_weights < 0.99 * found.kappa:
        text += f"; κ = {number(found.kappa_weights)} with a weight for each law"
    if found.weights_note:
        text += f"; {found.weights_note}"
    listed = ", ".join(f"{label} = {number(w, 3)}" for label, w in found.loss_weights.items())
    return f"{text}; as loss weights {listed}"


def _preconditioner(found: Conditioning) -> str:
    best = found.best
    at = f"(γ = {best.gamma:g}, λ = {number(best.weight, 3)})"
    before, after = number(found.kappa), number(best.kappa)
    name, full = "P = (|symbol|^2 + γ⁻²)^(-1/2)", "P = A^(-1/2) brings it to 1"
    if best.kappa > _HELP * found.kappa:
        gives = f"κ = {after} {at} in place of {before}"
        return f"{name} does not help: it gives {gives}; {full}"
    return f"{name} brings κ = {before} to {after} {at}; {full}"


def _verification(found: Verification) -> Iterator[str]:
    yield "Verification: gradient descent on the compiled linear model, from random coefficients"
    yield f"  steps to ε = {found.epsilon:g} of the first error, and to ε² of the first excess loss"
    yield "                              error               loss"
    yield "                 κ ln(1/ε)    spectrum measured   spectrum measured"
    for name, run in (("plain", found.plain), ("preconditioned", found.preconditioned)):
        counts = (f"{number(g.predicted):>11} {_steps_made(g):>8}" for g in (run.error, run.loss))
        yield f"  {name:<14} {number(run.bound):>9} {' '.join(counts)}"
    yield from paragraph(found.remark)


def _steps_made(goal: Goal) -> str:
    text = number(goal.measured)
    return text if goal.reached else f">{text}"
