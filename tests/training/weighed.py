"""Small systems and trainings whose points have weights."""

from __future__ import annotations

import pdedsl
from pdedsl.settings.method import Method
from pdedsl.training.train import train
from tests.small import HEAT

POINTS = {"eq": 60, "bc": 20, "ic": 15}
WEIGHTS = {"eq": 0.5, "bc": 2.0, "ic": 3.0}
SMALL = {"kind": "mlp", "width": 8, "depth": 2}


def system(text: str = HEAT, **options):
    known = {"model": SMALL, "points": POINTS, "weights": WEIGHTS} | options
    return pdedsl.compile(pdedsl.parse(text), **known)


def run(rule, stages, text=HEAT, **more):
    """Train and keep every state that was seen."""
    states = []
    given = {"schedule": {"rules": [rule] if rule else [], "stages": stages}} | more
    own = system(text)
    method = Method.model_validate(given)
    outcome = train(own, method, on_step=lambda _, step, *rest: states.append(step))
    return outcome, states, own


def squares(s, theta):
    """|r_i|² at the points of every law of one component, without any weight, from the rows."""
    r, out = s.residual(theta).numpy(), {}
    for block in s.blocks:
        rows = r[block.rows]
        out[block.label] = rows**2 * len(rows) / block.weight
    return out
