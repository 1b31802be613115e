"""Arrays of binary files by name: NPZ, NPY, MAT and NetCDF.

A matrix of an NPY file has its columns by number, ``1`` and on. Of the arrays of the others
``X[2]`` is the second part along the shortest axis, the last of these: the second column of a
matrix of N by k, or the second component of N by 2 by 200.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pdedsl.diagnostics import Span, reject

from .csv_files import Columns
from .reading import LARGEST_FILE

SUFFIXES = (".npz", ".npy", ".mat", ".nc")
_HDF5 = b"\x89HDF"
_PART = re.compile(r"(.+)\[([1-9]\d{0,3})\]")
_AGAIN = {
    ".nc": 'in Python: data.to_netcdf("a.nc", format="NETCDF3_64BIT")',
    ".mat": 'in MATLAB: save("a.mat", "-v7")',
}


@dataclass
class Arrays:
    """What a file holds.

    Args:
        columns: arrays of real numbers by name.
        axes: names of the axes of each, where the file has them.
    """

    columns: Columns = field(default_factory=dict)
    axes: dict[str, tuple[str, ...]] = field(default_factory=dict)


def read_arrays(
    content: bytes, path: str, span: Span, suffix: str, wanted: Sequence[str]
) -> Arrays:
    """All arrays of a file, and those parts of them that are wanted.

    Raises:
        Rejected: E601 a file that cannot be read, E603 a wanted array that has no real numbers.
    """
    if content.startswith(_HDF5) and suffix in _AGAIN:
        message = f"{path} is in the format HDF5, which is not read"
        raise reject("E601", message, span, f"save it {_AGAIN[suffix]}")
    made = Arrays()
    try:
        loaded = _load(content, suffix, made.axes)
    except Exception:  # a broken file makes the readers of numpy and scipy fail in any way
        raise reject("E601", f"{path} is not a readable {suffix} file", span) from None
    for name in wanted:
        found = _PART.fullmatch(name)
        if name not in loaded and found and found[1] in loaded:
            loaded |= _part(np.asarray(loaded[found[1]]), name, int(found[2]))
    for name, value in loaded.items():
        array = np.asarray(value)
        if name in wanted and array.dtype.kind not in "fiub":
            raise reject("E603", f"{path}, {name}: not an array of real numbers", span)
        if array.dtype.kind in "fiub":
            made.columns[name] = np.asarray(array, dtype=np.float64)
    return made


def _part(array: np.ndarray, name: str, number: int) -> dict[str, Any]:
    """The part of an array of several axes by its number, under its name; empty without one."""
    if array.ndim < 2:
        return {}
    axis = max(range(array.ndim), key=lambda k: (-array.shape[k], k))
    return {name: array.take(number - 1, axis)} if number <= array.shape[axis] else {}


def _load(content: bytes, suffix: str, axes: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    """All arrays by name, as they are; names of axes are put into ``axes``."""
    if suffix == ".npz":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > LARGEST_FILE:
                raise ValueError("too large when unpacked")
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    if suffix == ".npy":
        return _columns_of(np.load(io.BytesIO(content), allow_pickle=False))
    if suffix == ".nc":
        return _netcdf(content, axes)
    from scipy.io import loadmat

    found: Mapping[str, Any] = loadmat(io.BytesIO(content))
    return {name: value for name, value in found.items() if not name.startswith("__")}


def _columns_of(array: np.ndarray) -> dict[str, Any]:
    """Columns of a matrix by their numbers, or of records by their names."""
    if array.dtype.names is not None:
        return {name: array[name] for name in array.dtype.names}
    if array.ndim != 2:
        raise ValueError("no matrix")
    return {f"{number}": column for number, column in enumerate(array.T, start=1)}


def _netcdf(content: bytes, axes: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    """Variables of a NetCDF file of version 3, scaled, and NaN where they are filled."""
    from scipy.io import netcdf_file

    found: dict[str, Any] = {}
    with netcdf_file(io.BytesIO(content), mmap=False, maskandscale=True) as file:
        for name, variable in file.variables.items():
            own = variable[:] if variable.dimensions else variable.getValue()
            values: Any = np.ma.asarray(own)
            kind = values.dtype.kind
            found[name] = values.astype(float).filled(np.nan) if kind in "fiu" else values.data
            axes[name] = tuple(variable.dimensions)
    return found
