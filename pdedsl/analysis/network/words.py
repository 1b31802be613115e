"""What the numbers of a network's analysis mean, in words."""

from __future__ import annotations

from math import inf

from pdedsl.analysis.rounding import number
from pdedsl.conditioning.descent import predicted_steps

from .report import Curvature, Gradients, NetworkReport, Tangent

EPSILON = 1e-3
_STILL, _SMALL, _LARGE = 1e-10, 0.1, 1.0
_ROUNDING = 1e-20
_LEVEL = 10.0  # within this factor gradients count as level


def drift_verdict(moved: float) -> str:
    """``none``, ``small``, ``moderate`` or ``large``."""
    if moved < _STILL:
        return "none"
    return "small" if moved < _SMALL else "moderate" if moved < _LARGE else "large"


def drift_words(moved: float) -> str:
    """What a relative change of the kernel means for κ."""
    return {
        "none": "the kernel does not move: κ at the start holds for the whole training",
        "small": (
            f"small: the kernel moved by {percent(moved)} of its size, and the network behaves "
            "like its linearisation; κ at the start describes the whole training"
        ),
        "moderate": (
            f"moderate: the kernel moved by {percent(moved)} of its size; κ at the start is a "
            "rough guide to the training"
        ),
        "large": (
            f"large: the kernel moved by {percent(moved)} of its size and is another one; κ at "
            "the start describes the first steps alone"
        ),
    }[drift_verdict(moved)]


def slowness_words(found: Tangent) -> str:
    """What κ and the place of the residual mean for gradient descent."""
    kappa = found.spectrum.kappa
    steps = number(predicted_steps(kappa, EPSILON))
    left = ", ".join(f"{percent(part)} after {power(n)}" for n, part in found.left.items())
    return (
        f"gradient descent needs at most κ ln(1/ε) = {steps} steps to lower the slowest part to "
        f"{EPSILON:g}; of this residual, linearised here, it would leave {left} steps"
    )


def curvature_words(found: tuple[Curvature, ...]) -> str:
    """What the ends of the Hessian at the last state mean."""
    first, last = found[0], found[-1]
    text = f"gradient descent is stable at the end for steps below 2/λ = {number(2 / last.largest)}"
    if last.largest <= 0:
        text = "the loss has no direction of positive curvature at the end"
    change = last.largest / first.largest if first.largest > 0 else inf
    if change > 2:
        text += f"; the training has sharpened the loss {number(change)} times"
    if last.smallest is not None and last.smallest < -EPSILON * abs(last.largest):
        text += "; the last state is no minimum, since the least eigenvalue is negative"
    return text


def imbalance_words(found: Gradients, weights: dict[str, float]) -> str:
    """How far the gradients of conditions and equations are from level."""
    factors = {
        label: level / weights[label]
        for label, level in found.leveling.items()
        if weights[label] > 0 and 0 < level < inf
    }
    far = {n: f for n, f in factors.items() if not 1 / _LEVEL < f < _LEVEL}
    if not factors:
        return "there are no two laws to be balanced"
    if not far:
        return "the gradients of equations and conditions are level within a factor of ten"
    listed = ", ".join(f"{number(f)} mean |∂L_{name}|" for name, f in far.items())
    return f"max |∂L_eq| is {listed}: {_imbalance(list(far.values()))}"


def _imbalance(factors: list[float]) -> str:
    if all(f > 1 for f in factors):
        return "first-order methods follow the equations and neglect these conditions"
    if all(f < 1 for f in factors):
        return "first-order methods follow these conditions and neglect the equations"
    return "first-order methods follow the laws with the larger gradients"


def loss_words(report: NetworkReport) -> str:
    """From which loss to which."""
    first, last = report.states[0], report.states[-1]
    return f"loss {number(first.loss)} to {number(last.loss)} in {last.iteration} iterations"


def is_rounded(report: NetworkReport) -> bool:
    """Whether the last residual is rounding, whose direction says nothing."""
    return report.states[-1].loss <= _ROUNDING * report.states[0].loss


def percent(part: float) -> str:
    """Two digits."""
    return f"{number(float(f'{100 * part:.2g}'))} %"


def power(n: int) -> str:
    """``1e4`` for 10,000."""
    return f"{n:.0e}".replace("e+0", "e")
