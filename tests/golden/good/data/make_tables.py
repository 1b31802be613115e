"""Write the small tables of the good files: `python make_tables.py` in this folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.io import savemat

HERE = Path(__file__).parent
X, T = np.linspace(0.0, 1.0, 6), np.linspace(0.0, 1.0, 5)


def main() -> None:
    """Write the tables that `probe.csv` is none of."""
    rows = "".join(f"{x:g},{t:g},{x * t:g}\n" for x in X[1:5] for t in T[1:4])
    (HERE / "headers.csv").write_text('Pos [m],t,"Temp, measured [C]"\n' + rows, encoding="utf-8")
    (HERE / "layers.csv").write_text("x,k\n0.25,1\n0.75,12\n", encoding="utf-8")
    values = X[:, None] + 2 * T
    np.savez(HERE / "grid.npz", x=X, t=T, f=values)
    # MATLAB has no arrays of one axis, and many files hold fields as t by x.
    savemat(HERE / "grid.mat", {"x": X[None], "t": T[None], "f": values.T, "usol": 0 * values.T})


if __name__ == "__main__":
    main()
