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
