"""The tangent kernel of a residual beside the natural one, and the Green's function of a network.

The kernels are those of gradient descent and of natural gradients in the space of residuals: for
features ψ_p = ∂_p Du, NTK(x, y) = Σ_p ψ_p(x) ψ_p(y) and NNTK(x, y) = Σ_pq ψ_p(x) G†_pq ψ_q(y) with
G = JᵀJ. The second is the kernel of the orthogonal projection on the tangent space, so that its row
at a point is a bump there, while that of the first is spread over the domain. The Green's function
on the tangent space is near that of the problem where the network can satisfy all laws.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure

import pdedsl
from pdedsl.compiler import ResidualSystem
from pdedsl.conditioning.arrays import as_array, as_tensor
from pdedsl.conditioning.networks.green import greens_function
from pdedsl.conditioning.networks.tangent import residual_metric
from pdedsl.plots.style import bar, figure, style
from pdedsl.plots.tangent import green_figure
from pdedsl.plots.view import Array, axes_of

from .common import Reproduction, Row, Study, spec

CUTOFF = 1e-7
"""Of the singular values of J: smaller ones are rounding, which G† would blow up."""
LAYERS = {"kind": "mlp", "width": 64, "depth": 1, "activation": "tanh"}
BROAD = LAYERS | {"init": "normal", "scale": 2.0}
PROBLEMS = {"2D Laplace": "poisson_2d", "heat": "heat_quarter"}
POINTS = {"eq": 900, "bc": 120, "ic": 30}
HERE, RADIUS = (0.35, 0.45), 0.15
GRID = 61


def measure(study: Study) -> Iterator[Row]:
    """How far the kernels reach, then how near the Green's function is; of no scale."""
    pictures = {}
    at = _grid(GRID)
    for title, name in PROBLEMS.items():
        plain, natural = _kernels(name, at)
        pictures |= {f"{title}: tangent kernel": plain, f"{title}: natural kernel": natural}
        area = f"share of ∫ K(x, ·)² within {RADIUS:g} of x"
        yield Row(f"{title}: {area}, tangent kernel", "spread, in figures", _share(plain, at))
        yield Row(f"{title}: {area}, natural kernel", "a bump, in figures", _share(natural, at),
                  remark=f"{np.pi * RADIUS**2:.2g} of the area")  # fmt: skip
    study.keep(_figure(pictures), "kernels")
    yield _green(study)


def _kernels(name: str, at: Array) -> tuple[Array, Array]:
    """Rows of both kernels of the equation at ``HERE``, at the first parameters."""
    problem = spec(name)
    points = {law.kind: POINTS[law.kind] for law in problem.laws}
    system: ResidualSystem = pdedsl.compile(problem, LAYERS, points, "grid")
    theta = system.theta0
    both = np.concatenate([[HERE], at])
    features = as_array(system.residual_jacobian_at(theta, "eq", as_tensor(system, both)))[0]
    whitened = residual_metric(system, theta, CUTOFF).whitened(features)
    plain, natural = (rows[1:] @ rows[0] for rows in (features, whitened))
    return plain, natural


def _grid(n: int) -> Array:
    """Midpoints of n × n cells of the unit square, shape (n², 2)."""
    line = (np.arange(n) + 0.5) / n
    return np.stack(np.meshgrid(line, line, indexing="ij"), axis=-1).reshape(-1, 2)


def _share(kernel: Array, at: Array) -> float:
    near = np.linalg.norm(at - np.array(HERE), axis=1) < RADIUS
    return float((kernel[near] ** 2).sum() / (kernel**2).sum())


def _figure(pictures: dict[str, Array]) -> Figure:
    with style():
        made = figure(11.0, 2.9)
        for panel, (title, values) in zip(made.subplots(1, 4), pictures.items(), strict=True):
            most = np.abs(values).max()
            mesh = panel.imshow(values.reshape(GRID, GRID).T, origin="lower", cmap="RdBu_r",
                                extent=(0, 1, 0, 1), vmin=-most, vmax=most)  # fmt: skip
            panel.plot(*HERE, "k+", ms=8)
            panel.set(title=title, xlabel="x", ylabel="y" if "Laplace" in title else "t")
            bar(made, mesh)
    return made


def _green(study: Study) -> Row:
    """u″ = f on (−π, π) with u = 0 at the ends."""
    problem = spec("poisson_1d")
    system: ResidualSystem = pdedsl.compile(problem, BROAD, {"eq": 200}, "gauss", {"bc": 1e4})
    (axis,) = axes_of(problem)
    x = axis.values(121)
    found = greens_function(system, system.theta0, "eq", x[:, None], x[:, None], cutoff=CUTOFF)
    g, exact = found[0, :, 0], _exact_green(x)
    study.keep(green_figure(axis, g, exact, "Green's function of u″"), "green")
    case = "u″ = f: relative L2 error of the network's Green's function"
    return Row(case, "in figures only", float(np.linalg.norm(g - exact) / np.linalg.norm(exact)))


def _exact_green(x: Array) -> Array:
    """(min(x, y) + π)(max(x, y) − π)/(2π), shape (n, n)."""
    low, high = np.minimum.outer(x, x), np.maximum.outer(x, x)
    return np.asarray((low + np.pi) * (high - np.pi) / (2 * np.pi))


REPRODUCTION = Reproduction(
    __file__,
    "Tangent kernels and Green's functions",
    "Schwencke and Furtlehner, arXiv 2412.10782, and their slides",
    measure,
)

if __name__ == "__main__":
    REPRODUCTION.main()
