"""Write tables of reference values to the data folder of the gallery."""

from pathlib import Path

import numpy as np

DATA = Path(__file__).resolve().parent.parent / "data"


def write(name, header, columns):
    """Write the columns (arrays of one size) to data/<name>.csv with 12 significant digits."""
    table = np.column_stack([np.ravel(column) for column in columns]) + 0.0
    DATA.mkdir(exist_ok=True)
    np.savetxt(DATA / f"{name}.csv", table, fmt="%.12g", delimiter=",", header=header, comments="")


def write_space_time(name, header, x, t, *fields):
    """Write fields of shape (len(t), len(x)) as rows x, t, values."""
    tt, xx = np.meshgrid(t, x, indexing="ij")
    write(name, header, [xx, tt, *fields])


def difference(a, b):
    """Return the largest difference of two arrays relative to the largest value of b."""
    return np.max(np.abs(a - b)) / np.max(np.abs(b))
