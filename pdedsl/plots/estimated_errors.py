"""Where a solution is wrong, as far as its own laws tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .maps import magnitude_figure
from .view import Array, View

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def estimated_error_figure(view: View) -> Figure | None:
    """Magnitude of the estimated error of the components that nothing is known of.

    None where there are none, or where no error is estimated.
    """
    solution = view.solution
    unknown = [name for name in view.components if not _is_known(view, name)]
    if not unknown or solution.estimate is None or not solution.estimate.fields:
        return None
    if solution.correction is None:
        return None

    def errors(points: Array) -> dict[str, Array]:
        found = solution.estimated_errors(points)
        return {name: found[name] for name in unknown}

    homes = {name: view.domain(name) for name in unknown}
    return magnitude_figure(view, errors, "estimated |error|", homes)


def _is_known(view: View, name: str) -> bool:
    exact = (component.func.__name__ for component, _ in view.solution.problem.exact)
    return name in exact or view.reference(name) is not None
