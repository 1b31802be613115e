"""The numbers that the rule ``best_kappa`` of a method stands for.

The matrix A(λ) of the loss is set up on the functions of the model where that is a basis, at most
150 of them, and else on the small basis on which `auto` finds weights: polynomials (plane waves in
periodic inputs) of a total degree. The weights belong to these functions: with more of them κ and
the best λ are larger. Nonlinear laws are linearised, see `linearisation_state`.
"""

from __future__ import annotations

import numpy as np

from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.conditioning.gram import Gram
from pdedsl.conditioning.weights import best_weight, best_weights
from pdedsl.diagnostics import Diagnostic, Source, UserError
from pdedsl.ir import Problem, TooLargeError
from pdedsl.models import ModelOptions
from pdedsl.models.bases import BasisOptions
from pdedsl.settings.method import Method
from pdedsl.training.rules.best_kappa import BestKappaOptions

from .analysed_basis import matrix_on
from .basis.total_degrees import total_degrees
from .tuning import ANALYSIS


def with_best_weights(lowered: LoweredProblem, method: Method) -> tuple[Method, str]:
    """The method with the weights of least κ in place of the rule ``best_kappa``.

    Args:
        lowered: the problem.
        method: one without that rule comes back as it is.

    Returns:
        The method, and in words what was found; empty where nothing was asked for.

    Raises:
        UserError: E803, there is no matrix of the loss.
    """
    rules = method.schedule.rules
    wanted = next((rule for rule in rules if isinstance(rule, BestKappaOptions)), None)
    if wanted is None:
        return method, ""
    problem, own = lowered.problem, method.weights
    found, words = _weights(problem, method.model, wanted.separate)
    # All by label, for the label of a law may be the name of its kind.
    weights = {
        law.label: found.get(law.label, own.get(law.label, own.get(law.kind, 1.0)))
        for law in problem.laws
    }
    others = tuple(rule for rule in rules if not isinstance(rule, BestKappaOptions))
    schedule = method.schedule.model_copy(update={"rules": others})
    return method.model_copy(update={"schedule": schedule, "weights": weights}), words


def _weights(problem: Problem, model: ModelOptions, separate: bool) -> tuple[dict[str, float], str]:
    """Label to weight, of the laws in the matrix, and words about them."""
    try:
        with np.errstate(all="ignore"):
            gram = _matrix(problem, model)
            if separate:
                several = best_weights(gram)
                found, kappa, first = several.weights, several.kappa, several.common.kappa_at_one
            else:
                one = best_weight(gram)
                found, kappa, first = gram.weights(one.weight), one.kappa, one.kappa_at_one
    except (ValueError, TooLargeError) as reason:
        raise UserError([_refusal(str(reason))], Source("options", "")) from None
    exact = gram.loss_weights(found, relative=True)
    weights = {label: float(f"{weight:.3g}") for label, weight in exact.items()}
    text = ", ".join(f"{label} = {weight:.3g}" for label, weight in weights.items())
    notes = "".join(f"; {note}" for note in gram.notes)
    return weights, (
        f"weights {text}, with which κ is {kappa:.2g} on {gram.size} functions, and {first:.2g} "
        f"for λ = 1{notes}"
    )


def _matrix(problem: Problem, model: ModelOptions) -> Gram:
    if isinstance(model, BasisOptions) and not model.by_axis:
        return matrix_on(problem, model, ANALYSIS.functions)[1]
    degrees = list(total_degrees(problem, ANALYSIS.small_basis))
    if not degrees:
        raise ValueError(f"a basis of degree 1 has more than {ANALYSIS.small_basis} functions")
    functions = BasisOptions(family="mixed", modes=degrees[-1], index="total")
    return matrix_on(problem, functions, None)[1]


def _refusal(reason: str) -> Diagnostic:
    return Diagnostic(
        "E803",
        f"best_kappa needs the matrix of the loss on a basis, which there is not: {reason}",
        None,
        'take the rule ntk, which looks at the model itself: rules = [{ kind = "ntk" }]',
    )
