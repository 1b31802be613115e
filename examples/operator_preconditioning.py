"""What a condition number says about training: the claims of arXiv 2310.05801, measured.

Run as ``python examples/operator_preconditioning.py [--out FOLDER]``; it prints the tables, puts
them between the marks of ``operator_preconditioning.md``, and writes the page and three pictures
into the folder, next to itself unless told. De Ryck, Bonnet, Mishra and de Bézenac, "An operator
preconditioning perspective on training in physics-informed machine learning", 2023.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from math import log
from pathlib import Path

import numpy as np
import torch
from scipy.linalg import null_space

import pdedsl
from pdedsl.analysis import Report
from pdedsl.analysis.report import Conditioning
from pdedsl.conditioning.assembly import assemble
from pdedsl.conditioning.discretisation import Discretisation, discretise
from pdedsl.conditioning.gram import Gram, stack_terms
from pdedsl.conditioning.networks.spectra import participation_ratio, spread, tangent_spectrum
from pdedsl.conditioning.preconditioners import full_preconditioner, symbol_preconditioner
from pdedsl.conditioning.spectrum import Spectrum, spectrum
from pdedsl.conditioning.weights import best_weight, best_weights, kappa_curve, natural_weight
from pdedsl.ir import Problem
from pdedsl.optimizers.first_order.gd import GdOptions
from pdedsl.optimizers.registry import build_optimizer
from pdedsl.plots.style import CYCLE, figure, style

SPECS = Path(__file__).parents[1] / "specs"
NAME = "operator_preconditioning"
EPSILON = 1e-3
Row = Sequence[object]
MARKED = re.compile(r"<!-- begin: (\w+) -->\n.*?<!-- end -->", re.S)


def short(value: float) -> str:
    """Three digits, four next to 1: as many as are the same on every machine."""
    if 1e-2 <= abs(value) < 1e4:
        return f"{value:.4g}" if abs(value) < 10 else f"{float(f'{value:.3g}'):g}"
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    return f"{mantissa}e{int(exponent)}"


def table(header: str, rows: Sequence[Row]) -> str:
    """A table in Markdown; ``header`` has its columns between bars, the first to the left."""
    columns = header.split("|")
    rule = ["---"] + ["---:"] * (len(columns) - 1)
    lines = [[c.strip() for c in columns], rule]
    lines += [[short(c) if isinstance(c, float) else str(c) for c in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def load(name: str) -> Problem:
    """A spec of the gallery."""
    return pdedsl.load(SPECS / f"{name}.pde")


def conditioning(report: Report) -> Conditioning:
    """The condition numbers of a problem that has them."""
    assert report.conditioning is not None, report.obstacle
    return report.conditioning


def matrix(problem: Problem, family: str, modes: int) -> tuple[Discretisation, Gram]:
    """The functions and A, law by law."""
    space = discretise(problem, family, modes)
    return space, assemble(problem, space)


def poisson(reports: dict[int, Report]) -> str:
    """κ of u'' = f on (−π, π) with Dirichlet conditions, against λ and K."""
    known = {5: (5.44e3, 2.06e3, 46.7), 10: (8.71e4, 3.16e4, 193.0), 20: (1.39e6, 5.00e5, 798.0)}
    rows: list[Row] = []
    for modes, (at_one, best, weight) in known.items():
        found = conditioning(reports[modes])
        low, high = found.valley
        there = "inside" if low < weight < high else "outside"
        valley = f"{low:.2g} to {float(f'{high:.2g}'):g}, {there}"
        first = (modes, at_one, found.at_one, f"{found.at_one / modes**4:.2f}", best, found.kappa)
        rows.append((*first, f"{found.growth:.2f}", f"{weight:g}", valley))
    header = (
        "K | κ(A(1)), expected | found | found/K⁴, expected 8.71 | best κ, expected | found |"
        " slope, expected 4 | best λ, expected | κ within 10 % of the best for λ from"
    )
    return table(header, rows)


def gammas() -> str:
    """κ(PᵀAP) for the exact inverse symbol at λ = 2π/γ²."""
    problem = load("poisson_1d")
    made = [matrix(problem, "fourier", modes) for modes in (5, 20, 80)]
    rows: list[Row] = []
    for gamma, expected in ((1.0, 15.25), (5.0, 1.797), (10.0, 1.342), (100.0, 1.030)):
        kappas = [natural_kappa(space, gram, gamma) for space, gram in made]
        text = "15.25, from K = 20 on 15.28" if gamma == 1 else f"{expected:.4g}"
        found = (f"{k:.4g}" for k in kappas)
        rows.append((f"{gamma:g}", text, *found, f"{(kappas[0] - 1) * gamma:.3g}"))
    return table("γ | κ, expected | K = 5 | K = 20 | K = 80 | (κ − 1) γ, expected → 3", rows)


def natural_kappa(space: Discretisation, gram: Gram, gamma: float) -> float:
    """κ at λ = |Ω|/γ²."""
    better = gram.transform(symbol_preconditioner(gram, space, gamma, "exact"))
    return float(kappa_curve(better, [natural_weight(gram, gamma)])[0])


def poisson_figure(reports: dict[int, Report], path: Path) -> None:
    """κ against λ for three K, against K, and κ − 1 of the preconditioned matrix against γ."""
    problem = load("poisson_1d")
    with style():
        made = figure(9.6, 3.2)
        left, middle, right = made.subplots(1, 3)
        weights = np.geomspace(1e-1, 1e5, 61)
        for colour, modes in zip(CYCLE, (20, 10, 5), strict=False):
            _, gram = matrix(problem, "fourier", modes)
            found = conditioning(reports[modes])
            left.loglog(weights, kappa_curve(gram, weights), color=colour, label=f"K = {modes}")
            left.plot(found.weight, found.kappa, "o", color=colour, ms=4)
            left.axhline(modes**4, color=colour, lw=0.8, ls=":")
        left.set(title="Without: κ ≥ K⁴ (dotted) for all λ", xlabel="λ", ylabel="κ(A(λ))")
        left.legend()
        sizes = [2, 5, 10, 20, 40, 80]
        matrices = [matrix(problem, "fourier", modes) for modes in sizes]
        plain = [best_weight(gram).kappa for _, gram in matrices]
        middle.loglog(sizes, plain, "o-", ms=4, label="A, best λ")
        for gamma, colour in zip((1.0, 10.0), CYCLE[1:], strict=False):
            kappas = [natural_kappa(space, gram, gamma) for space, gram in matrices]
            middle.loglog(sizes, kappas, "o-", ms=4, color=colour, label=f"PᵀAP, γ = {gamma:g}")
        middle.set(title="Size of the basis", xlabel="K", ylabel="κ")
        middle.set_xticks(sizes, [str(k) for k in sizes])
        middle.minorticks_off()
        middle.legend()
        gammas = np.geomspace(1, 1e3, 25)
        excess = [natural_kappa(*matrices[2], g) - 1 for g in gammas]
        right.loglog(gammas, excess, color=CYCLE[1], label="K = 10, λ = 2π/γ²")
        right.loglog(gammas, 3 / gammas, ":", color="black", lw=1, label="3/γ")
        right.set(title="Preconditioned, against γ", xlabel="γ", ylabel="κ − 1")
        right.legend()
        made.savefig(path, dpi=110)


SPEEDS = (10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)
WINDOWS = (1, 2, 5, 10)


def speeds() -> dict[int, list[float]]:
    """Best κ of the advection equation for each β, by the number N of time windows."""
    text = (SPECS / "advection.pde").read_text(encoding="utf-8")
    out = {}
    for windows in WINDOWS:
        problem = pdedsl.parse(text.replace("t in [0, 1]", f"t in [0, 1/{windows}]"))
        cases = [problem.with_params(beta=beta) for beta in SPEEDS]
        out[windows] = [best_weight(matrix(case, "mixed", 3)[1]).kappa for case in cases]
    return out


def advection(found: dict[int, list[float]]) -> str:
    """κ against β and N."""
    header = "N | " + " | ".join(f"β = {b:g}" for b in SPEEDS) + " | slope at the end, expected 2"
    last = log(SPEEDS[-1] / SPEEDS[-2])
    rows = [(n, *k, f"{log(k[-1] / k[-2]) / last:.2f}") for n, k in found.items()]
    return table(header, rows)


def advection_figure(found: dict[int, list[float]], path: Path) -> None:
    """κ against β for each N, and all together against β/N."""
    with style():
        made = figure(7.2, 3.2)
        left, right = made.subplots(1, 2, sharey=True)
        for windows, mark, size in zip(found, "osD^", (7, 6, 4.5, 3), strict=True):
            left.loglog(SPEEDS, found[windows], f"{mark}-", ms=3.5, label=f"N = {windows}")
            right.loglog(np.array(SPEEDS) / windows, found[windows], mark, ms=size)
        ends = np.array([20.0, 1000.0])
        left.loglog(ends, 3.67 * ends**2, ":", color="black", lw=1, label="slope 2")
        left.set(xlabel="β", ylabel="best κ(A(λ))", title="Time windows of length 1/N")
        right.set(xlabel="β/N", title="The same, against β/N")
        left.legend()
        made.savefig(path, dpi=110)


CASES = (
    ("Poisson", "poisson_1d", "fourier", 5),
    ("Helmholtz", "helmholtz", "fourier", 2),
    ("advection, β = 30", "advection", "fourier", 2),
    ("advection, β = 30", "advection", "mixed", 3),
    ("heat", "heat", "fourier", 3),
    ("heat", "heat", "mixed", 4),
    ("Burgers, linearised", "burgers", "mixed", 4),
)


def descent() -> str:
    """Steps of gradient descent: the bound, the prediction by the spectrum, the measurement."""
    rows: list[Row] = []
    for title, spec, family, modes in CASES:
        report = pdedsl.analyze(load(spec), family, modes, epsilon=EPSILON, verify=True)
        check = report.verification
        assert check is not None
        for name, run in (("A", check.plain), ("PᵀAP", check.preconditioned)):
            head = (title, f"{family}, {modes}") if name == "A" else ("", "")
            goals = (run.error, run.loss)
            assert all(goal.reached for goal in goals)
            counts = (count for g in goals for count in (f"{g.predicted:.0f}", g.measured))
            rows.append((*head, name, run.kappa, f"{run.bound:.0f}", *counts))
    goals = "error: spectrum | measured | loss: spectrum | measured"
    return table(f"problem | basis, K | matrix | κ | κ ln(1/ε) | {goals}", rows)


def remedies() -> str:
    """κ after each of the remedies in use, for two problems."""
    text = (SPECS / "poisson_1d.pde").read_text(encoding="utf-8")
    ends = "bc left: u = us  on x = -pi\nbc right: u = us  on x = pi"
    _, split = matrix(pdedsl.parse(text.replace("bc: u = us  on boundary", ends)), "fourier", 10)
    poisson_kappas = _remedies(*matrix(load("poisson_1d"), "fourier", 10), split)
    space, gram = matrix(load("heat"), "mixed", 4)
    heat_kappas = _remedies(space, gram, gram)
    steps = log(1 / EPSILON)
    rows = [(name, k, steps * k, heat_kappas[name]) for name, k in poisson_kappas.items()]
    return table("remedy | κ, Poisson | κ ln(1/ε), Poisson | κ, heat", rows)


def _remedies(space: Discretisation, gram: Gram, split: Gram) -> dict[str, float]:
    """Name to κ; ``split`` has a law for each condition."""
    common = best_weight(gram)
    conditions = stack_terms([t for t in gram.terms if not t.interior], gram.size)
    hard = spectrum(gram.interior_factor() @ null_space(conditions)).kappa
    scaled = (gram.transform(symbol_preconditioner(gram, space, g)) for g in (1.0, 10.0, 100.0))
    whole = gram.transform(full_preconditioner(gram, common.weight))
    return {
        "none, λ = 1": common.kappa_at_one,
        "the best λ": common.kappa,
        "the best λ for each condition": best_weights(split).kappa,
        "hard conditions": hard,
        "P = inverse symbol, the best λ and γ": min(best_weight(g).kappa for g in scaled),
        "P = A^(−1/2)": whole.spectrum(common.weight).kappa,
    }


MODES = 10
GAMMA = 2.0
STEPS = 400
TARGET = """problem "two waves"
domain  Omega: x in [-pi, pi]
unknown u(x)
let us = sin(x) + sin(5*x)/5
eq: -u_xx = -lap(us)
bc: u = us  on boundary
exact u = us
"""
LAYERS = {"width": 50, "depth": 2, "activation": "tanh"}
FEATURES = LAYERS | {"kind": "fourier", "modes": MODES, "extension": 1.0}
NETWORKS = {
    "MLP": LAYERS | {"kind": "mlp"},
    "Fourier features": FEATURES,
    "preconditioned": FEATURES | {"preconditioner": "symbol", "gamma": GAMMA},
}


class Network:
    """A network at its first parameters: the spectrum of JᵀJ, and that on 2K + 1 waves."""

    def __init__(self, model: dict[str, object]) -> None:
        problem = pdedsl.parse(TARGET)
        # As loss weights these make JᵀJ the matrix A(λ) with λ = 2π/γ².
        weights = {"eq": 2 * np.pi, "bc": 2 * np.pi / GAMMA**2}
        setting = {"points": {"eq": 200}, "sampling": "gauss", "weights": weights}
        self.system = pdedsl.compile(problem, model, **setting)  # type: ignore[arg-type]
        waves = {"kind": "basis", "family": "fourier", "modes": MODES}
        basis = pdedsl.compile(problem, waves, **setting)  # type: ignore[arg-type]
        theta = self.system.theta0
        self.spectrum: Spectrum = tangent_spectrum(self.system, theta)
        # Residuals of the 2K + 1 plane waves, orthonormal: what descent should remove quickly.
        frame = np.linalg.qr(basis.jacobian(basis.theta0).numpy())[0]
        self.on_waves = spectrum(frame.T @ self.system.jacobian(theta).numpy(), cutoff=0.0).kappa

    @property
    def values(self) -> np.ndarray:
        """Eigenvalues over the largest, without zeros."""
        found = self.spectrum.values[: self.spectrum.rank]
        return np.asarray(found / found[0])

    def row(self) -> Row:
        """What the table says of it."""
        n, values = 2 * MODES + 1, self.values
        after = ["> 1e12", "—"]  # fewer than n eigenvalues are above rounding errors
        if len(values) > n:
            after = [f"{values[0] / values[n - 1]:.2g}", f"{values[n - 1] / values[n]:.2g}"]
        kappa = f"{self.on_waves:.2g}" if self.on_waves < 1e12 else "> 1e12"
        return (
            self.system.parameters, f"{self.spectrum.values[0]:.3g}",
            int((values > 1e-2).sum()), *after, f"{participation_ratio(values):.3g}", kappa,
            f"{spread(self.spectrum):.0f}",
        )  # fmt: skip

    def descend(self) -> np.ndarray:
        """Relative error of u after 0, 1, … steps of gradient descent with the step 1/λ_max."""
        x = torch.linspace(-np.pi, np.pi, 201, dtype=torch.float64)[:, None]
        exact = torch.sin(x[:, 0]) + torch.sin(5 * x[:, 0]) / 5
        optimizer = build_optimizer(self.system, GdOptions(refresh=20), self.system.theta0)
        errors = []
        for _ in range(STEPS + 1):
            u = self.system.fields(optimizer.theta, x)["u"]
            errors.append(float((u - exact).norm() / exact.norm()))
            optimizer.step()
        return np.array(errors)


def spectra(found: dict[str, Network]) -> str:
    """What the spectra have in common, and what not."""
    header = (
        "network | parameters | largest eigenvalue μ₁ | eigenvalues above μ₁/100 | μ₁/μ₂₁ |"
        " μ₂₁/μ₂₂ | participation ratio | κ on the 21 waves | decades from 10 % to 90 % of all"
    )
    return table(header, [(name, *network.row()) for name, network in found.items()])


def losses(errors: dict[str, np.ndarray]) -> str:
    """Errors during gradient descent."""
    places = (0, 10, 50, 100, 200, 400)
    rows = [(name, *(f"{found[k]:.2g}" for k in places)) for name, found in errors.items()]
    return table("network | " + " | ".join(f"{k} steps" for k in places), rows)


def networks_figure(found: dict[str, Network], errors: dict[str, np.ndarray], path: Path) -> None:
    """Eigenvalues by number, as a histogram, and the errors of gradient descent."""
    cells = np.arange(-12, 0.51, 0.5)
    with style():
        made = figure(9.6, 3.2)
        left, middle, right = made.subplots(1, 3)
        for colour, (name, network) in zip(CYCLE, found.items(), strict=False):
            values = network.values
            left.semilogy(np.arange(1, len(values) + 1), values, ".-", ms=3, lw=1, color=colour)
            counts = np.histogram(np.log10(values), cells)[0]
            middle.stairs(counts, cells, color=colour, lw=1.4)
            middle.stairs(counts, cells, fill=True, color=colour, alpha=0.15)
            right.loglog(np.arange(1, STEPS + 2), errors[name], color=colour, label=name)
        left.axvline(2 * MODES + 1, color="black", lw=0.8, ls=":")
        left.set_xticks([0, 2 * MODES + 1, 50, 100, 150], ["0", "2K + 1", "50", "100", "150"])
        left.set(ylim=(1e-12, 3), xlim=(0, 150), xlabel="number")
        left.set_title("Eigenvalues of JᵀJ / largest")
        middle.set(xlabel="log₁₀ (eigenvalue / largest)", title="The same as a histogram")
        right.set(xlabel="1 + steps of gradient descent", title="Relative error of u")
        right.legend()
        made.savefig(path, dpi=110)


def poisson_reports() -> dict[int, Report]:
    """The analysis for three sizes of the basis."""
    problem = load("poisson_1d")
    return {modes: pdedsl.analyze(problem, "fourier", modes) for modes in (5, 10, 20)}


def filled(page: str, tables: dict[str, str]) -> str:
    """The page with the tables of that name put between their marks; others stay."""

    def put(match: re.Match[str]) -> str:
        name = match[1]
        text = f"<!-- begin: {name} -->\n{tables.get(name)}\n<!-- end -->"
        return text if name in tables else match[0]

    return MARKED.sub(put, page)


def main(out: Path) -> dict[str, str]:
    """Make tables, pictures and the page in a folder; print the tables."""
    out.mkdir(parents=True, exist_ok=True)
    reports, curves = poisson_reports(), speeds()
    nets = {name: Network(model) for name, model in NETWORKS.items()}
    errors = {name: network.descend() for name, network in nets.items()}
    tables = {
        "poisson": poisson(reports),
        "gammas": gammas(),
        "advection": advection(curves),
        "descent": descent(),
        "remedies": remedies(),
        "spectra": spectra(nets),
        "losses": losses(errors),
    }
    poisson_figure(reports, out / f"{NAME}_poisson.png")
    advection_figure(curves, out / f"{NAME}_advection.png")
    networks_figure(nets, errors, out / f"{NAME}_networks.png")
    page = Path(__file__).with_suffix(".md").read_text(encoding="utf-8")
    (out / f"{NAME}.md").write_text(filled(page, tables), encoding="utf-8")
    for name, text in tables.items():
        print(f"{name}\n\n{text}\n")
    return tables


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Reproduce the claims of arXiv 2310.05801.")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="a folder")
    main(parser.parse_args().out)
