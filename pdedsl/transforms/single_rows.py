"""A problem each of whose laws is one scalar equation, so that each can have its own weight."""

from __future__ import annotations

from dataclasses import replace

from pdedsl.ir import Problem


def split_rows(problem: Problem) -> Problem:
    """The same problem with a law for each row of a law, labelled as `Law.row_labels`."""
    if all(len(law.residuals) == 1 for law in problem.laws):
        return problem
    laws = tuple(
        replace(
            law,
            label=label,
            equations=(law.equations[k],),
            residuals=(law.residuals[k],),
            sigma=law.sigma[k : k + 1],
        )
        for law in problem.laws
        for k, label in enumerate(law.row_labels)
    )
    return replace(problem, laws=laws)
