"""Problems and options that the compiler refuses, and what it says."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
import torch

from pdedsl.compiler import build
from pdedsl.diagnostics import UserError
from pdedsl.ir import Interior  # fmt: skip,

from .problems import (
    field,
    law,
    poisson,
    problem,
    x,
    y,  # fmt: skip,
)
from .test_system import SQUARE, F, system


def test_refusals_are_collected() -> None:
    u = field("u", x, y)
    (w,) = u.components
    bad = [law("eq", f"eq.{i}", Interior("Omega"), f(w)) for i, f in enumerate([sp.zeta, sp.gamma])]
    p = problem(coordinates=(x, y), region=SQUARE, fields=(u,), laws=tuple(bad))
    with pytest.raises(UserError) as caught:
        build(p)
    assert [d.code for d in caught.value.diagnostics] == ["E901", "E901"]
    assert "zeta" in caught.value.diagnostics[0].message


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"points": {"eqq": 3}}, "'eqq'"),
        ({"points": {"eq": 0}}, "got 0"),
        ({"weights": {"eq": -1.0}}, "got -1.0"),
        ({"weights": {"nope": 1.0}}, "momentum"),
        ({"sampling": "random"}, "'random'"),
        ({"dtype": "float16"}, "'float16'"),
        ({"model": "mpl"}, "'mpl'"),
    ],
)
def test_wrong_options_are_named(options: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        system(**options)


def test_wrong_vectors_are_named() -> None:
    s = system(poisson())
    with pytest.raises(ValueError, match=r"expected a tensor of shape \(\d+,\).*got shape \(3,\)"):
        s.residual(torch.zeros(3, dtype=F))
    with pytest.raises(ValueError, match="float32"):
        s.jacobian(s.theta0.float())
    with pytest.raises(ValueError, match="type ndarray"):
        s.loss(np.zeros(s.parameters))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^w: "):
        s.vjp(s.theta0, s.theta0)
    with pytest.raises(ValueError, match=r"^thetas: "):
        s.losses(s.theta0)
