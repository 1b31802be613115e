"""Problems on shapes solved with polynomials of one total degree and their columns."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from pdedsl import api
from pdedsl.choice.shapes.shape_method import shape_method
from pdedsl.compiler.residual.build import build
from pdedsl.geometry import domain_region
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Problem
from pdedsl.training.train import train

Function = Callable[[Array], Array]


def fitted(problem: Problem, degree: int) -> Function:
    """The field u from points (n, inputs)."""
    method = shape_method(problem, degree, {})
    sampling = method.sampling
    system = build(problem, method.model, sampling.points, sampling.kind, method.weights)
    theta = train(system, method).theta
    return lambda points: system.fields(theta, torch.as_tensor(points))["u"].numpy()


def error(text: str, degree: int, exact: Function) -> float:
    """Relative L2 error at points of the domain."""
    problem = api.parse(text)
    points = domain_region(problem, problem.domains[0]).interior(500)
    want = exact(points)
    got = fitted(problem, degree)(points)
    return float(np.linalg.norm(got - want) / np.linalg.norm(want))
