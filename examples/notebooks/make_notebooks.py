"""Write the notebooks of this folder, without output; the tests execute them."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

NOTEBOOKS = {
    "first_steps": [
        "# A first problem\n\nThe extension adds a cell magic that holds a spec.",
        "%load_ext pdedsl.notebook",
        "Without a budget the cell is checked, and shows its laws.",
        "%%pde heat\n"
        'problem "Heat in a rod"\nparam   D = 0.1\ndomain  Omega: x in [0, 1]\n'
        "time    t in [0, 2]\nunknown u(x, t)\neq: u_t = D*u_xx\n"
        "ic: u = sin(pi*x)  at t = 0\nbc: u = 0          on boundary\n"
        "exact u = exp(-D*pi^2*t)*sin(pi*x)\noutput left = integral(u(t=2), Omega)",
        "With one it is solved; the name holds the solution.",
        "%%pde plate --budget 20\n"
        "domain  Omega: (x, y) in [0, 1]^2\nunknown u(x, y)\n"
        "eq: -lap(u) = 1\nbc: u = 0  on boundary\noutput peak = max(u)",
        "plate(x=0.5, y=[0.25, 0.5]), plate.outputs['peak'].value",
        "A problem is solved from Python as well.",
        "import pdedsl\n\nsolution = pdedsl.solve(heat, budget=20)\nsolution.errors",
        "solution.plot(at={'t': 1.0})['solution_u_t1']",
        "solution.plot_line({'x': 0.5, 't': 0}, {'t': 2})",
    ],
    "how_hard": [
        "# How hard is it to train?\n\nThe condition number of the loss is known before any "
        "training, and so is what a preconditioner is worth.",
        "import pdedsl\n\n"
        'poisson = pdedsl.parse("""param k = 4\ndomain O: x in [0, 1]\nunknown u(x)\n'
        'eq: -d(u, x, 2) = k^2*pi^2*sin(k*pi*x)\nbc: u = 0  on boundary\n""")\npoisson',
        "report = pdedsl.analyze(poisson, modes=10)\nprint(report)",
    ],
    "noisy_data": [
        "# From a CSV to a coefficient\n\nA rod cools at both ends; a hundred temperatures of it "
        "were measured with an error of 0.01. How well do they tell its diffusivity?",
        "import numpy as np\n\nrng = np.random.default_rng(0)\nx, t = rng.uniform(0, 1, (2, 100))\n"
        "value = np.exp(-0.1*np.pi**2*t)*np.sin(np.pi*x) + 0.01*rng.standard_normal(100)\n"
        "np.savetxt('probe.csv', np.stack([x, t, value], axis=1), delimiter=',', "
        "header='x,t,value', comments='')",
        "The spec names the file, and what was measured.",
        "%load_ext pdedsl.notebook",
        "%%pde rod --budget 30\n"
        "domain  Omega: x in [0, 1]\ntime    t in [0, 1]\nunknown u(x, t)\n"
        'unknown kappa > 0 guess 1\ndata    probe(x, t, value) from "probe.csv"\n'
        "eq:  u_t = kappa*u_xx\nic:  u = sin(pi*x)  at t = 0\nbc:  u = 0  on boundary\n"
        "fit: u = probe.value  on probe",
        "The equations hold, and the data are missed by their noise. The number has one standard "
        "deviation beside it, and so has the field.",
        "kappa, deviation = rod.numbers['kappa'], rod.number_deviations['kappa']\n"
        "low, high = kappa - 2*deviation, kappa + 2*deviation\n"
        "print(f'kappa = {kappa:.4f}, from {low:.4f} to {high:.4f}')\n"
        "assert abs(kappa - 0.1) < 4*deviation\nrod.field_deviations",
        "The temperatures in the middle, with those that were measured near it.",
        "import matplotlib.pyplot as plt\n\ntimes = np.linspace(0, 1, 101)\n"
        "near = abs(x - 0.5) < 0.15\nfigure, axes = plt.subplots()\n"
        "axes.plot(times, rod(x=0.5, t=times), label='found')\n"
        "axes.plot(t[near], value[near], '.', label='measured')\n"
        "axes.set(xlabel='t', ylabel='u(0.5, t)')\naxes.legend()",
    ],
}


def main() -> None:
    """Write them beside this file."""
    for name, texts in NOTEBOOKS.items():
        cells = [_cell(text, i) for i, text in enumerate(texts)]
        book = new_notebook(cells=cells)
        book.metadata["kernelspec"] = {
            "name": "python3", "display_name": "Python 3", "language": "python",
        }  # fmt: skip
        nbformat.write(book, Path(__file__).with_name(f"{name}.ipynb"))


def _cell(text: str, number: int) -> nbformat.NotebookNode:
    is_prose = text[0].isupper() or text[0] == "#"
    return (new_markdown_cell if is_prose else new_code_cell)(text, id=f"cell-{number}")


if __name__ == "__main__":
    main()
