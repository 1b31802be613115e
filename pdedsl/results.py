"""What the interface returns: solutions and reports, with the texts, files and pictures of them.

Nothing below knows how a solution is drawn or a report is printed; here they are joined.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pdedsl import analysis, solution
from pdedsl.analysis import network

if TYPE_CHECKING:
    from pdedsl.ir import Problem


class Solution(solution.Solution):
    """A solution that draws, saves and sums up itself; see `pdedsl.solution.Solution`."""

    @classmethod
    def of(cls, plain: solution.Solution) -> Solution:
        """The same solution, with what it has evaluated already."""
        own = cls.__new__(cls)
        vars(own).update(vars(plain))
        return own

    def plot(
        self, folder: str | Path | None = None, go_on: Callable[[], bool] | None = None
    ) -> dict[str, Any]:
        """Draw the pictures that suit the problem.

        Args:
            folder: where to write them as PNG files; None to write none.
            go_on: asked between pictures whether to draw another one.

        Returns:
            Name to matplotlib figure.

        Raises:
            OSError: the folder cannot be written to.
        """
        from pdedsl.plots import draw

        return dict(draw(self, Path(folder) if folder is not None else None, go_on))

    def to_xarray(self, n: int | Mapping[str, int] = 101) -> Any:
        """The fields on a grid of ``n`` values an axis, as an ``xarray.Dataset``.

        Raises:
            ImportError: xarray is not installed.
        """
        from pdedsl.solution.labelled import dataset

        return dataset(self, n)

    def summary(self) -> dict[str, Any]:
        """The result as plain data, as ``solve --json`` prints it."""
        from pdedsl.solution.summary import summary

        return summary(self)

    def save(self, folder: str | Path) -> Path:
        """Write the solution to a new folder, from which `load` reads it again.

        Raises:
            OSError: the folder holds something already, or cannot be written to.
        """
        from pdedsl.solution.storage import save

        return save(self, Path(folder))

    @classmethod
    def load(
        cls, folder: str | Path, problem: Problem | None = None, device: str = "cpu"
    ) -> Solution:
        """Read a solution from a run folder.

        Args:
            folder: of a run, or one that `save` wrote.
            problem: the problem that it must belong to; None for the one in the folder.
            device: where to evaluate it.

        Raises:
            UserError: the folder holds no solution, or that of another problem.
        """
        from pdedsl.solution.loading import load

        return cls.of(load(Path(folder), problem, device))


class Report(analysis.Report):
    """How hard a problem is to train, and why; `print` shows it as a page."""

    def __str__(self) -> str:
        from pdedsl.analysis.page import page

        return page(self)

    def as_data(self) -> dict[str, Any]:
        """The report as plain data, for JSON: numbers that are not finite are None."""
        from pdedsl.analysis.data import as_data
        from pdedsl.runs.jsontext import clean

        return dict(clean(as_data(self)))

    def plot(self, path: str | Path) -> Path:
        """Draw the curves into a new PNG; see `pdedsl.plots.conditioning`.

        Raises:
            ValueError: there is no matrix to draw; the text is `obstacle`.
            FileExistsError: the file is there already, and nothing is overwritten.
            OSError: it cannot be written.
        """
        from pdedsl.plots.conditioning import draw

        return draw(self, Path(path))


class NetworkReport(network.NetworkReport):
    """What the training of a network depends on; `print` shows it as a page."""

    def __str__(self) -> str:
        from pdedsl.analysis.network.page import page

        return page(self)

    def as_data(self) -> dict[str, Any]:
        """The report as plain data, for JSON: numbers that are not finite are None."""
        from pdedsl.analysis.network.data import as_data
        from pdedsl.runs.jsontext import clean

        return dict(clean(as_data(self)))

    def plot(self, folder: str | Path) -> tuple[Path, ...]:
        """Draw the pictures into a new or empty folder; see `pdedsl.plots.network`.

        Returns:
            The files.

        Raises:
            FolderTakenError: the folder holds something, and nothing is overwritten.
            OSError: it cannot be written to.
        """
        from pdedsl.plots.network import draw

        return draw(self, Path(folder))
