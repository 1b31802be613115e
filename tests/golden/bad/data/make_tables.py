"""Write the small tables of the wrong files: `python make_tables.py` in this folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.io import savemat

HERE = Path(__file__).parent
X = np.linspace(0.0, 1.0, 21)


def main() -> None:
    """Write all tables."""
    rows = "".join(f"{x:g},{x * (x - 1) / 2:g},{x**2:g}\n" for x in X)
    (HERE / "probe.csv").write_text("x,u1,u2\n" + rows, encoding="utf-8")
    (HERE / "three.csv").write_text("x,u1\n0,0\n0.5,-0.125\n1,0\n", encoding="utf-8")
    (HERE / "probe.xlsx").write_text("not a table\n", encoding="utf-8")
    (HERE / "words.csv").write_text("x,u1\n0,0\n0.5,half\n1,0\n", encoding="utf-8")
    (HERE / "latin1.csv").write_bytes("x,u1,Länge\n0,0,1\n".encode("latin-1"))
    (HERE / "header.csv").write_text("x,u1\n", encoding="utf-8")
    (HERE / "headless.csv").write_text("0,0\n0.5,-0.125\n1,0\n", encoding="utf-8")
    (HERE / "semicolons.csv").write_text("x;u1\n0,0;0\n0,5;-0,125\n1;0\n", encoding="utf-8")
    (HERE / "twice.csv").write_text("x,u1,u1\n0,0,0\n1,0,0\n", encoding="utf-8")
    (HERE / "short.csv").write_text("x,u1\n0,0\n0.5\n1,0\n", encoding="utf-8")
    (HERE / "damaged.npz").write_bytes(b"PK\x03\x04 cut off")
    np.savez(HERE / "probe.npz", x=X, u=X * (X - 1) / 2)
    np.savez(HERE / "lengths.npz", x=X, u1=X[1:])
    np.savez(HERE / "words.npz", x=X, u1=np.array([f"{x}" for x in X]))
    y = np.linspace(0.0, 1.0, 11)
    step = np.where(y < 0.5, 1.0, 12.0)[:, None] * np.ones(11)
    np.savez(HERE / "step.npz", x=y, y=y, k=step)
    np.savez(HERE / "shapes.npz", x=y, y=y[:5], k=step)
    (HERE / "units.csv").write_text(
        "x,Temp [C]\n" + "".join(f"{x:g},{x * (x - 1) / 2:g}\n" for x in X), encoding="utf-8"
    )
    bad = np.where(X == 0.5, np.inf, X)
    savemat(HERE / "infinite.mat", {"x": X, "u1": bad})


if __name__ == "__main__":
    main()
