"""What two processes make of systems whose rows they share, beside what one makes of all rows.

``torchrun --standalone --nproc_per_node 2 -m tests.ranks.both FILE`` writes the largest relative
differences as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from pdedsl import api
from pdedsl.compiler.lowering.lower import lower
from pdedsl.compiler.residual import first_order
from pdedsl.compiler.residual.adaptive import Adaptive
from pdedsl.compiler.residual.build import build
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.linalg.count_sketch import CountSketch
from pdedsl.linalg.linearisation import Sketch
from pdedsl.linalg.svd import svd
from pdedsl.optimizers.registry import OPTIMIZERS, build_optimizer
from pdedsl.ranks.sharing import shared
from pdedsl.ranks.starting import group_of
from pdedsl.settings.method import Method
from pdedsl.solution.building import build_system
from pdedsl.solution.parts.division import divided
from tests.small import FLOW, HEAT, PLANE

BENT = """problem "bent"
domain  Omega: (x, y) in [0, 2] * [0, 1]
unknown u(x, y)
eq: lap(u) + 0.1*u^2 = 4*sin(3*x)*y
bc: u = x^2 + y^2  on boundary
"""
NETWORK = {"kind": "mlp", "width": 8, "depth": 2}
SYSTEMS: dict[str, dict[str, Any]] = {
    "a network": {"problem": BENT, "model": NETWORK, "points": {"eq": 201, "bc": 63}},
    "fewer points than parameters": {
        "problem": BENT, "model": NETWORK, "points": {"eq": 31, "bc": 9},
    },
    "one point of a law": {"problem": BENT, "model": NETWORK, "points": {"eq": 40, "bc": 1}},
    "two fields with an integral": {
        "problem": FLOW, "model": NETWORK, "points": {"eq": 77, "bc": 20, "ic": 15},
    },
    "weights of laws": {
        "problem": HEAT, "model": NETWORK, "points": {"eq": 90, "bc": 21, "ic": 11},
        "weights": {"bc": 100.0, "ic": 3.0},
    },
    "polynomials at nodes of a quadrature": {
        "problem": PLANE, "model": {"kind": "basis", "family": "legendre", "modes": 6},
        "points": {"eq": 100, "bc": 40}, "sampling": "gauss",
    },
    "integrals against test functions": {
        "problem": PLANE, "model": NETWORK, "form": {"kind": "weak", "parts": 1},
    },
    "estimated Laplacians": {
        "problem": PLANE, "model": NETWORK, "points": {"eq": 64, "bc": 16},
        "derivatives": {"laplacian": "sparse", "directions": 1},
    },
}  # fmt: skip
STEPS, STEPS_TO_A_SOLUTION = 3, 1_000
OPTIONS: dict[str, dict[str, Any]] = {"sketched_lm": {"columns": 40, "rows": 120}}


def difference(found: Any, expected: Any) -> float:
    """‖a − b‖/‖b‖, of numbers, tensors and what is made of them."""
    if isinstance(expected, dict):
        assert list(found) == list(expected)
        return max((difference(found[k], expected[k]) for k in expected), default=0.0)
    if isinstance(expected, tuple | list):
        return max(difference(a, b) for a, b in zip(found, expected, strict=True))
    a, b = torch.as_tensor(found), torch.as_tensor(expected)
    assert a.shape == b.shape
    return float((a - b).norm() / (b.norm() or 1.0))


def system_of(problem: str, **options: Any) -> ResidualSystem:
    """A system by the interface."""
    return api.compile(api.parse(problem), seed=1, **options)


def asked(theta: Tensor, rows: int) -> dict[str, Callable[[ResidualSystem], Any]]:
    """What is asked of systems."""
    draw = torch.Generator().manual_seed(5)
    v = torch.randn(len(theta), generator=draw, dtype=theta.dtype)
    w = torch.randn(rows, generator=draw, dtype=theta.dtype)
    return {
        "residual": lambda s: s.residual(theta),
        "jacobian": lambda s: s.residual_and_jacobian(theta),
        "loss": lambda s: s.loss(theta),
        "losses": lambda s: s.losses(torch.stack((theta, theta + 0.1 * v))),
        "gradient": lambda s: s.loss_and_grad(theta),
        "parts": lambda s: s.parts_by_law(theta),
        "points": lambda s: (s.loss_and_grad(theta), s.point_losses(theta))[1],
        "laws": lambda s: s.losses_by_law(theta),
        "traces": lambda s: s.traces_by_law(theta),
        "gram": lambda s: s.gram(theta),
        "kernel": lambda s: s.kernel(theta),
        "jvp": lambda s: s.jvp(theta, v),
        "vjp": lambda s: s.vjp(theta, w),
        "hvp": lambda s: s.hvp(theta, v),
        "other points": lambda s: s.at_other_points(7).loss(theta),
    }


def products() -> Iterator[tuple[str, float]]:
    """By system and what is asked of it, the difference."""
    for name, options in SYSTEMS.items():
        whole = system_of(**options)
        both = shared(whole)
        assert type(both) is not type(whole)
        for what, ask in asked(whole.theta0, whole.rows).items():
            yield f"{name}: {what}", difference(ask(both), ask(whole))


def changes() -> Iterator[tuple[str, float]]:
    """The difference of losses and of parts of points after changes of points and weights."""
    whole, other = (system_of(**SYSTEMS["a network"]) for _ in range(2))
    both = shared(other)
    theta = whole.theta0
    weights = {"eq": torch.linspace(0, 2, 201, dtype=torch.float64)}
    made: dict[str, Callable[[ResidualSystem], None]] = {
        "fresh points": lambda s: s.resample(3),
        "weights of laws": lambda s: s.set_weights({"bc": 50.0}),
        "weights of points": lambda s: s.set_point_weights(weights),
        "points where the residual is large": lambda s: s.resample(4, Adaptive(theta)),
        "a state of before": lambda s: s.restore(whole.state()),
    }
    for name, change in made.items():
        change(whole)
        change(both)
        yield name, difference(both.loss_and_grad(theta), whole.loss_and_grad(theta))
        yield f"{name}, by point", difference(both.point_losses(theta), whole.point_losses(theta))


def first_orders() -> Iterator[tuple[str, float]]:
    """Decompositions of a Jacobian that is kept, and of one that is made in parts."""
    options = SYSTEMS["a network"] | {"points": {"eq": 1501, "bc": 400}}
    whole = system_of(**options)
    both, theta = shared(whole), whole.theta0
    ahead = theta + 0.01 * torch.sin(torch.arange(len(theta), dtype=theta.dtype))
    sketch = Sketch(None, CountSketch(whole.rows, 200, torch.Generator().manual_seed(0)))
    for name, most in (("kept", 1 << 31), ("in parts", 1)):
        both.total(limit, most)
        for normal in (False, True):
            here, there = (s.linearise(theta, normal) for s in (both, whole))
            own, exact = (svd(m.jacobian) if not normal else m.normal_equations()
                          for m in (here, there))  # fmt: skip
            for state in (None, ahead):
                rights = [m.residual if state is None else m.residual_at(state)
                          for m in (here, there)]  # fmt: skip
                steps = [f.solve(r, 1e-3) for f, r in zip((own, exact), rights, strict=True)]
                which = "of the state" if state is None else "of another state"
                form = "sums" if normal else "triangles"
                yield f"{form} {name}, residual {which}", difference(*steps)
            yield f"loss, {name}", difference(here.loss, there.loss)
        added = [s.linearise(theta, False, sketch) for s in (both, whole)]
        yield f"rows added up, {name}", difference(added[0].jacobian, added[1].jacobian)
        rights = [m.residual_at(ahead) for m in added]
        yield f"residual added up, {name}", difference(*rights)
    # Of a basis R may be inverted, and the size of what no step reaches is that of all shares.
    options = SYSTEMS["polynomials at nodes of a quadrature"]
    both.total(limit, 1)
    for wave in range(5, 13):
        text = PLANE.replace("= 4", f"= sin({wave}*x + y)").replace("exact u = x^2 + y^2\n", "")
        whole = system_of(**options | {"problem": text})
        at = shared(whole).linearise(whole.theta0).residual_at
        sizes = [
            difference(at(theta).norm(), whole.residual(theta).norm())
            for theta in (whole.theta0, whole.theta0 + 1.0)
        ]
        yield f"sizes of residuals, wave {wave}", max(sizes)
    both.total(limit, 1 << 31)


def limit(share: Any, most: int) -> list[Tensor]:
    """Set, in every process, how large a Jacobian that is kept may be."""
    first_order.MOST_BYTES = most
    return [torch.zeros(())]


def steps() -> Iterator[tuple[str, float]]:
    """Differences after some steps, as parts of those that a change of θ by rounding makes."""
    for kind, made in OPTIMIZERS.items():
        name = "polynomials at nodes of a quadrature" if kind == "lstsq" else "a network"
        whole = system_of(**SYSTEMS[name])
        both, theta = shared(whole), whole.theta0
        settings = made(**OPTIONS.get(kind, {}))
        draw = torch.Generator().manual_seed(1)
        noise = torch.randn(theta.shape, generator=draw, dtype=theta.dtype)
        starts = theta, theta, theta * (1 + 1e-15 * noise)
        ends = []
        for system, start in zip((both, whole, whole), starts, strict=True):
            optimizer = build_optimizer(system, settings, start)
            for _ in range(STEPS):
                optimizer.step()
            ends.append(optimizer.theta.detach().clone())
        ours, rounding = difference(ends[0], ends[1]), difference(ends[2], ends[1])
        assert difference(ends[1], theta) > 0
        yield kind, ours / max(1e-11, 10 * rounding)


def solutions() -> Iterator[tuple[str, float]]:
    """Differences of solutions of a linear problem, of which there is one."""
    options = SYSTEMS["polynomials at nodes of a quadrature"]
    whole = system_of(**options)
    for kind in sorted(set(OPTIMIZERS) - {"adam", "sgd", "soap"}):  # these stay at a distance
        ends = []
        for system in (shared(whole), whole):
            optimizer = build_optimizer(system, OPTIMIZERS[kind](), whole.theta0)
            for _ in range(STEPS_TO_A_SOLUTION):
                if optimizer.steps(100).ended:
                    break
            ends.append(optimizer.theta.detach().clone())
        yield kind, difference(*ends)


def pieces() -> Iterator[tuple[str, float]]:
    """Differences of the solution in pieces, with a basis each, by least squares."""
    for split in ({"x": 2}, {"x": 2, "y": 2}, {"x": 3}):
        method = Method.model_validate({
            "model": {"kind": "basis", "family": "legendre", "modes": 6},
            "optimizer": {"kind": "lstsq"},
            "sampling": {"kind": "sobol", "points": {"eq": 300, "bc": 120}},
            "domain": {"split": split},
        })  # fmt: skip
        both = build_system(api.parse(PLANE), method, 0)
        lowered, own = divided(lower(api.parse(PLANE)), method)
        whole = build(lowered, own.model, own.sampling.points, "sobol", own.weights)
        assert type(both) is not type(whole)
        ends = []
        for system in (both, whole):
            optimizer = build_optimizer(system, OPTIMIZERS["lstsq"](), whole.theta0)
            ends.append([optimizer.step().theta for _ in range(2)][-1])
        yield f"pieces {split}", difference(*ends)


def failures() -> Iterator[tuple[str, float]]:
    """A share that fails is told by the first process, and the others go on."""
    whole = system_of(**SYSTEMS["integrals against test functions"])
    both = shared(whole)
    optimizer = build_optimizer(both, OPTIMIZERS["kfac"](), whole.theta0)
    try:
        optimizer.step()
    except ValueError as error:
        yield "told", 0.0 if "imposed by integrals" in str(error) else 1.0
    yield "and on", difference(both.loss(whole.theta0), whole.loss(whole.theta0))


GROUPS = {
    f.__name__: f for f in (products, changes, first_orders, steps, solutions, pieces, failures)
}


def main(file: str) -> None:
    """Write all differences."""
    with group_of(1) as group:
        assert group is not None and group.size == 2
        if group.rank > 0:
            group.serve()
            return
        found = {name: dict(make()) for name, make in GROUPS.items()}
    Path(file).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
