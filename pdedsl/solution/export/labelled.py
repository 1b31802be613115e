"""A solution on a grid as labelled arrays; needs the optional package xarray."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pdedsl.solution.grids import axes, tensor_points

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution


def dataset(solution: Solution, n: int | Mapping[str, int]) -> Any:
    """An ``xarray.Dataset`` with one variable a component and one coordinate an input.

    Raises:
        ImportError: xarray is not installed; the message says how to get it.
    """
    try:
        import xarray
    except ImportError as error:
        raise ImportError(
            "to_xarray needs the package xarray: pip install 'pdedsl[xarray]'"
        ) from error
    values = axes(solution.problem, n)
    shape = tuple(len(axis) for axis in values.values())
    fields = solution.at(tensor_points(values))
    made = xarray.Dataset(
        {name: (tuple(values), array.reshape(shape)) for name, array in fields.items()},
        coords=values,
        attrs={"title": solution.problem.title, "method": solution.provenance.method},
    )
    return with_units(made, solution.problem.units)


def with_units(made: Any, units: Iterable[tuple[str, str]]) -> Any:
    """The dataset with the unit of each variable and coordinate as its attribute ``units``."""
    for name, unit in units:
        if name in made.variables:
            made[name].attrs["units"] = unit
    return made
