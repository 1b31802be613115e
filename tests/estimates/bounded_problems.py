"""Random problems with known solutions, by theorem, and errors of any functions for them."""

from __future__ import annotations

import numpy as np
import sympy as sp
import torch
from numpy.random import Generator

import pdedsl
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.estimates.bounds.bound import ErrorBound
from pdedsl.estimates.bounds.bound_errors import bound_errors
from pdedsl.geometry import hull_bounds
from pdedsl.geometry.tensor import line_rule, product_rule

NODES = {1: 400, 2: 60, 3: 24}


def number(random: Generator, low: float, high: float) -> str:
    return f"{random.uniform(low, high):.3f}"


def wave_form(random: Generator, names: str) -> str:
    """An analytic function of the coordinates."""
    first, second = (
        " + ".join(f"{number(random, -2.5, 2.5)}*{name}" for name in names) for _ in range(2)
    )
    return f"sin({first} + {number(random, 0, 3)})*exp(({second})/2)"


def coercive(random: Generator) -> str:
    lengths = number(random, 0.5, 2), number(random, 0.5, 2)
    a = f"1 + {number(random, 0, 1)}*x^2 + {number(random, 0, 1)}*exp(-y)"
    drift = f"{number(random, -2, 2)}*y*w_x + {number(random, -2, 2)}*w_y"
    left = f"-div(({a})*grad(w)) + {drift} + {number(random, -0.4, 2)}*cos(x)*w"
    return f"""
domain O: (x, y) in [0, {lengths[0]}] * [0, {lengths[1]}]
unknown u(x, y)
let us = {wave_form(random, "xy")}
operator L[w] = {left.replace("w_x", "d(w, x)").replace("w_y", "d(w, y)")}
eq: L[u] = L[us]
bc: u = us  on boundary
exact u = us
"""


def slopes(random: Generator) -> str:
    right = number(random, 0.5, 2)
    return f"""
domain O: (x, y) in [0, {right}] * [0, 1]
unknown u(x, y)
let us = {wave_form(random, "xy")}
operator L[w] = -div((1 + {number(random, 0, 1)}*x*y)*grad(w)) + {number(random, -0.5, 2)}*w
eq: L[u] = L[us]
bc: u = us  on x = 0, y = 0, y = 1
bc: u_x = d(us, x)  on x = {right}
exact u = us
"""


def helmholtz(random: Generator) -> str:
    top = number(random, 0.5, 2)
    return f"""
domain O: (x, y) in [-1, 1] * [0, {top}]
unknown u(x, y)
let us = {wave_form(random, "xy")}
operator L[w] = d(w, x, 2) + {number(random, 0.5, 2)}*d(w, y, 2) + {number(random, -10, 60)}*w
eq: L[u] = L[us]
bc: u = us  on x = -1, x = 1, y = 0
bc: dn(u) = dn(us)  on y = {top}
exact u = us
"""


def heat(random: Generator) -> str:
    return f"""
domain O: x in [0, {number(random, 0.5, 2)}]
time t in [0, {number(random, 0.2, 2)}]
unknown u(x, t)
let us = {wave_form(random, "xt")}
operator L[w] = d(w, t) - {number(random, 0.2, 2)}*d(w, x, 2) + {number(random, -1, 2)}*w
eq: L[u] = L[us]
ic: u = us  at t = 0
bc: u = us  on boundary
exact u = us
"""


def advection(random: Generator) -> str:
    drift = f"({number(random, -2, 2)} + sin(x)*{number(random, -1, 1)})"
    return f"""
domain O: x in [0, {number(random, 0.5, 2)}]
time t in [0, {number(random, 0.2, 1)}]
unknown u(x, t)
let us = {wave_form(random, "xt")}
operator L[w] = d(w, t) - d((1 + t*x/3)*d(w, x), x) + {drift}*d(w, x) + {number(random, -1, 2)}*x*w
eq: L[u] = L[us]
ic: u = us  at t = 0
bc: u = us  on boundary
exact u = us
"""


def transport(random: Generator) -> str:
    left = f"d(w, t) - {number(random, 0.2, 2)}*(1 + x*t)*d(w, x) + {number(random, -1, 2)}*w"
    right = number(random, 0.5, 1)
    return f"""
domain O: x in [0, {right}]
time t in [0, {number(random, 0.2, 1)}]
unknown u(x, t)
let us = {wave_form(random, "xt")}
operator L[w] = {left}
eq: L[u] = L[us]
ic: u = us  at t = 0
bc: u = us  on x = {right}
exact u = us
"""


def wave(random: Generator) -> str:
    return f"""
domain O: x in [0, {number(random, 0.5, 2)}]
time t in [0, {number(random, 0.2, 3)}]
unknown u(x, t)
let us = {wave_form(random, "xt")}
operator L[w] = d(w, t, 2) - {number(random, 0.2, 2)}*d(w, x, 2) + {number(random, 0, 2)}*x*w
eq: L[u] = L[us]
ic: u = us, u_t = d(us, t)  at t = 0
bc: u = us  on boundary
exact u = us
"""


def system(random: Generator) -> str:
    rows = [[number(random, -2, 2) for _ in range(2)] for _ in range(2)]
    first, second = wave_form(random, "t"), wave_form(random, "t")
    lines = [f"{a}*p + ({b})*q" for a, b in rows]
    images = [f"({a})*ps + ({b})*qs" for a, b in rows]
    return f"""
time t in [0, {number(random, 0.5, 3)}]
unknown p(t), q(t)
let ps = {first}
let qs = {second}
eq: 2*p_t + q_t = {lines[0]} + 2*d(ps, t) + d(qs, t) - ({images[0]})
eq: q_t = {lines[1]} + d(qs, t) - ({images[1]})
ic: p = ps, q = qs  at t = 0
exact p = ps
exact q = qs
"""


def compiled(text: str, modes: object, **more: object) -> ResidualSystem:
    return pdedsl.compile(pdedsl.parse(text), model={"kind": "basis", "modes": modes, **more})


def bound(text: str, modes: object = 4, seed: int = 0, **more: object) -> ErrorBound:
    made = compiled(text, modes, **more)
    return bound_errors(made, any_state(made, seed))


def any_state(made: ResidualSystem, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(made.parameters, generator=generator, dtype=torch.float64)


def least_squares(made: ResidualSystem) -> torch.Tensor:
    return pdedsl.train(made, pdedsl.Method.model_validate({"optimizer": {"kind": "lstsq"}})).theta


def true_error(made: ResidualSystem, theta: torch.Tensor) -> float:
    """The norm of the error of all fields together, over the domain and the times."""
    problem = made.problem
    ends = np.array(list(hull_bounds(problem).values()))
    unit, weights = product_rule([line_rule(NODES[len(ends)], False)] * len(ends))
    lengths = ends[:, 1] - ends[:, 0]
    points = ends[:, 0] + unit * lengths
    found = made.fields(theta, torch.from_numpy(points))
    total = 0.0
    for component, exact in problem.exact:
        known = sp.lambdify(problem.inputs, problem.substitute(exact), "numpy")(*points.T)
        error = found[component.func.__name__].numpy() - known
        total += float(weights @ error**2)
    return float(np.sqrt(total * np.prod(lengths)))
