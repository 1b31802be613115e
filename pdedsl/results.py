"""What the interface returns: solutions and reports, with the texts, files and pictures of them.

Nothing below knows how a solution is drawn or a report is printed; here they are joined.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pdedsl import analysis, solution
from pdedsl.analysis import network

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem
    from pdedsl.estimates.uncertainty.profile import Profile
    from pdedsl.ir import Problem
    from pdedsl.training.outcome import Outcome

_PICTURES = 2  # that a notebook shows unasked


class Solution(solution.Solution):
    """A solution that draws, saves and sums up itself; see `pdedsl.solution.Solution`."""

    @classmethod
    def of(cls, plain: solution.Solution) -> Solution:
        """The same solution, with what it has evaluated already."""
        own = cls.__new__(cls)
        vars(own).update(vars(plain))
        return own

    @classmethod
    def trained(cls, system: ResidualSystem, outcome: Outcome) -> Solution:
        """The solution that `pdedsl.train` found for a system of `pdedsl.compile`.

        It is evaluated, drawn and exported as any other, one with a module of torch as its model
        among them. Its errors are not estimated, and it has no run folder.

        Args:
            system: the residual.
            outcome: what the training of it returned.
        """
        import torch

        from pdedsl.solution.solution import Provenance

        kind = system.theta0
        how = Provenance(
            "train", {}, "trained step by step", 0, str(kind.dtype).removeprefix("torch."),
            str(kind.device), torch.get_num_threads(),
        )  # fmt: skip
        return cls(system.problem, system, outcome, how)

    def __repr__(self) -> str:
        names = ", ".join(f.name for f in self.problem.fields)
        known = {n: e["rel_l2"] for n, e in (self.errors or {}).items() if "[" not in n}
        errors = "".join(f", error of {name} {value:.1e}" for name, value in known.items())
        return f"<Solution of {self.problem.title!r}: {names}; {self.status}{errors}>"

    def _repr_html_(self) -> str:
        """The result as a table with pictures of its first fields, for a notebook."""
        from pdedsl.plots.report import report_part
        from pdedsl.solution.facts import facts

        pictures: dict[str, Any] = {}
        names = [f.name for f in self.problem.fields][:_PICTURES]
        if self.finite:
            with suppress(ValueError):  # inputs of which there is no section to draw
                pictures = self.plot(fields=names)
        shown = dict(list(pictures.items())[:_PICTURES])
        return report_part(self.problem.title, facts(self), shown)

    def __reduce__(self) -> tuple[Any, ...]:
        """As the files of its run folder, for pickle and copy."""
        with TemporaryDirectory() as folder:
            path = self.save(Path(folder) / "run")
            files = {f.relative_to(path): f.read_bytes() for f in path.rglob("*") if f.is_file()}
        device = self.provenance.device
        return _restored, (type(self), self.problem, files, device, self.run)

    def plot(
        self,
        folder: str | Path | None = None,
        go_on: Callable[[], bool] | None = None,
        at: Mapping[str, float] | None = None,
        fields: Sequence[str] | None = None,
    ) -> dict[str, Any]:
        """Draw the pictures that suit the problem.

        Args:
            folder: where to write them as PNG files; None to write none.
            go_on: asked between pictures whether to draw another one.
            at: values of inputs, for sections such as ``{"t": 0.5}``.
            fields: names of fields or components; None for all.

        Returns:
            Name to matplotlib figure.

        Raises:
            OSError: the folder cannot be written to.
            ValueError: an unknown input or field, or a value outside of the domain.
        """
        from pdedsl.plots import draw

        place = Path(folder) if folder is not None else None
        return dict(draw(self, place, go_on, at, None if fields is None else tuple(fields)))

    def profile(self, name: str, seconds: float | None = None) -> Profile:
        """The likelihood profile of an unknown number, and its interval of 95 %.

        Where laws bend it is not symmetric, and better than two deviations to either side.

        Args:
            name: of the number.
            seconds: of computing at most; None for no bound.

        Raises:
            ValueError: there is no such number, or no deviation is known of it.
            SpentError: the time is spent before.
        """
        from pdedsl.estimates.uncertainty.profile import profile_of

        return profile_of(self.system, self.theta, name, seconds)

    def plot_line(
        self,
        start: Mapping[str, float],
        end: Mapping[str, float],
        fields: Sequence[str] | None = None,
    ) -> Any:
        """Draw the fields along a straight line; see `pdedsl.plots.cut_line`.

        Returns:
            A matplotlib figure.

        Raises:
            ValueError: an unknown or missing input, an unknown field, or two points that are one.
        """
        from pdedsl.plots.cut_line import cut_line_figure

        return cut_line_figure(self, start, end, None if fields is None else tuple(fields))

    def animate(
        self, path: str | Path, fields: Sequence[str] | None = None, frames: int = 60
    ) -> Path:
        """Write an animation over time, GIF or MP4; see `pdedsl.plots.animation`.

        Raises:
            ValueError: no time, more than two space coordinates, an unknown ending or field.
            FileExistsError: the file is there already.
            OSError: it cannot be written, or there is no ffmpeg for MP4.
        """
        from pdedsl.plots.animation import animate

        return animate(self, Path(path), None if fields is None else tuple(fields), frames)

    def to_xarray(self, n: int | Mapping[str, int] = 101) -> Any:
        """The fields on a grid of ``n`` values an axis, as an ``xarray.Dataset``.

        Raises:
            ImportError: xarray is not installed.
        """
        from pdedsl.solution.export.labelled import dataset

        return dataset(self, n)

    def export(
        self,
        path: str | Path,
        cells: int | None = None,
        at: Mapping[str, float] | None = None,
        times: int = 11,
        tell: Callable[[str], None] | None = None,
    ) -> list[Path]:
        """Write the fields on a mesh of the domains, or as functions: see `solution.export`.

        Args:
            path: ``vtu``, ``pvd`` (over time), ``csv``, ``npz``, ``nc`` (a grid), ``py``
                (functions that need no pdedsl), or ``pt2`` and ``onnx`` (networks), by its ending.
            cells: of the mesh along the longest side.
            at: values of the inputs that are no space coordinates; time without one runs, or is
                its end in a ``vtu``.
            times: moments of time, where it runs.
            tell: called with a sentence on moments that nobody asked for.

        Returns:
            The files.

        Raises:
            ValueError: there is no mesh, an unknown ending, or an input without a value.
            UserError: the solution has no such form (E803).
            ImportError: a package that the form needs is not installed.
            OSError: the files cannot be written.
        """
        from pdedsl.solution.export import export

        return export(self, Path(path), cells, at, times, tell)

    def summary(self) -> dict[str, Any]:
        """The result as plain data, as ``solve --json`` prints it."""
        from pdedsl.solution.summary import summary

        return summary(self)

    def save(self, folder: str | Path) -> Path:
        """Write the solution to a new folder, from which `load` reads it again.

        Raises:
            UserError: it was trained step by step, and no method file says how (E803).
            OSError: the folder holds something already, or cannot be written to.
        """
        from pdedsl.solution.options.errors import refuse_option
        from pdedsl.solution.storage import save

        if not self.provenance.settings:
            what = "this solution has no method that a run folder could hold"
            refuse_option(what, "export it: .pt2 and .onnx hold a network, .vtu and .nc values")
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


def _restored(
    cls: type[Solution],
    problem: Problem,
    files: Mapping[Path, bytes],
    device: str,
    run: Path | None,
) -> Solution:
    """The solution of the files of a run folder, which stand in a temporary one meanwhile."""
    with TemporaryDirectory() as folder:
        for name, content in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        found = cls.load(folder, problem, device)
    found.run = run
    return found


class Report(analysis.Report):
    """How hard a problem is to train, and why; `print` shows it as a page."""

    def __repr__(self) -> str:
        return f"<Report on {self.problem!r}; print it for the page>"

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

    def __repr__(self) -> str:
        origin = self.origin
        return (
            f"<NetworkReport on {origin['problem']!r} by {origin['method']}; print it for the page>"
        )

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
