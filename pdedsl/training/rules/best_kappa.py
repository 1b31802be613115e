"""Weights with the least condition number, which are found before the training.

They are those that minimise κ(A(λ)) for the matrix A(λ) of the loss on a basis (see
`pdedsl.conditioning.weights`), and need the equations and no state, so that `pdedsl.solve` puts
them into the weights of the method where this rule stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pdedsl.diagnostics import Diagnostic, Source, UserError
from pdedsl.models.model import ModelOptions
from pdedsl.optimizers.problem import LeastSquaresProblem
from pdedsl.optimizers.protocol import OptimizerOptions
from pdedsl.options.section import Flag

from .rule import Rule, RuleOptions


class BestKappaOptions(RuleOptions):
    """The weights of the conditions with the least condition number; see `best_kappa`.

    Args:
        separate: a weight for each condition by itself, in place of one for all.
    """

    kind: Literal["best_kappa"] = "best_kappa"
    separate: Flag = False

    def refusal(self, model: ModelOptions, stages: Sequence[OptimizerOptions]) -> str:
        """See `RuleOptions.refusal`."""
        if getattr(model, "analysed", False):
            return "analysed = true of the model finds weights already; leave best_kappa out"
        if model.kind == "basis" and getattr(model, "preconditioner", "none") != "none":
            return (
                "best_kappa is for the matrix of the loss without a preconditioner; write "
                "analysed = true into [model], which finds the weights with it, and leave "
                "best_kappa out"
            )
        if getattr(model, "hard", False):
            return (
                "best_kappa weighs conditions that are trained, but hard = true builds them into "
                "the model; leave best_kappa out, or write hard = false"
            )
        return ""


def best_kappa(options: BestKappaOptions, system: LeastSquaresProblem) -> Rule:
    """There is no such rule once the training runs.

    Raises:
        UserError: E803, always.
    """
    message = "best_kappa finds weights from the equations before the training, as solve does"
    mend = (
        "call pdedsl.solve, or write the weights that pdedsl.analyze prints into [weights] and "
        "leave best_kappa out"
    )
    raise UserError([Diagnostic("E803", message, None, mend)], Source("options", ""))
