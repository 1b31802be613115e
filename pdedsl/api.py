"""The Python interface: from a file to a solution in three calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from .diagnostics import Diagnostic, Report, Source, UserError
from .sema import examine, problem_of

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem
    from pdedsl.settings.method import Method
    from pdedsl.solution.planning import Settings
    from pdedsl.training.outcome import Progress

    from . import results
    from .ir import Problem

Params = Mapping[str, float]


def load(path: str | Path, params: Params | None = None) -> Problem:
    """Read a spec from a file.

    Args:
        path: a ``.pde`` file; its data files are relative to its folder.
        params: parameter values that replace those of the file.

    Raises:
        UserError: the file is at fault; the exception's text says where and what to write.
    """
    from .syntax import load_source

    if _is_text(path):
        _refuse_given("a text, not the name of a file", "write pdedsl.parse(text)")
    return problem_of(load_source(path), Path(path).parent, params)


def parse(text: str, name: str = "<text>", params: Params | None = None) -> Problem:
    """Read a spec from a string; data files are relative to the working directory.

    Raises:
        UserError: the text is at fault.
    """
    if not _is_text(text) and text.endswith(".pde"):
        _refuse_given("the name of a file, not its text", f"write pdedsl.load({text!r})")
    return problem_of(Source(name, text), Path(), params)


def check(spec: str | Path, params: Params | None = None) -> tuple[Problem | None, Report, Source]:
    """Read a spec and report everything that is wrong or doubtful in it.

    Args:
        spec: a file, or the text itself, which has several lines.
        params: parameter values that replace those of the spec.

    Returns:
        The problem (None when there are errors), the diagnostics, the text.

    Raises:
        UserError: E111, there is no text to be read.
    """
    source, base = _source(spec)
    problem, report = examine(source, base, params)
    return problem, report, source


def compile(
    problem: Problem | Path | str,
    model: Any = None,
    points: Mapping[str, int] | None = None,
    sampling: str = "sobol",
    weights: Mapping[str, float] | None = None,
    dtype: str = "float64",
    device: str = "cpu",
    seed: int = 0,
    derivatives: Mapping[str, Any] | None = None,
    form: Mapping[str, Any] | None = None,
) -> ResidualSystem:
    """The problem, a model and points as the vector function r(θ).

    Args:
        problem: by `load` or `parse`, the path of a file, or a text of several lines.
        model: a name such as ``"mlp"``, or ``{"kind": "mlp", "width": 64, "depth": 4}``, or a
            ``torch.nn.Module``, see `pdedsl.models.networks.module`.
        points: number of points by kind of law (``eq``, ``bc``, ``ic``) or by label.
        sampling: ``sobol``, ``lhs``, ``uniform``, ``grid`` or ``gauss``.
        weights: weight of each law by label, 1 where not given.
        dtype: ``float64`` or ``float32``.
        device: ``cpu`` or ``cuda``.
        seed: of the points and of the first guess.
        derivatives: such as ``{"laplacian": "sparse", "directions": 8}``; exact by default, see
            `pdedsl.compiler.lowering.derivative_options`.
        form: such as ``{"kind": "weak", "parts": 1}``; strong by default, see
            `pdedsl.compiler.weak.options`.

    Raises:
        UserError: E901, this version cannot solve such a problem yet; E803, an unknown
            device or precision, or an option that does not fit the problem.
        ValueError: another option is wrong.
    """
    from pdedsl.compiler.weak.options import FormOptions
    from pdedsl.options.faults import validate
    from pdedsl.solution.building import system_of

    how = validate(FormOptions, form or {}, "form")
    return system_of(
        _read(problem), model, points, sampling, weights, dtype, device, seed, derivatives, how
    )


def analyze(
    problem: Problem | Path | str,
    basis: str = "fourier",
    modes: int | None = None,
    index: str | None = None,
    epsilon: float = 1e-3,
    verify: bool = False,
) -> results.Report:
    """How hard a problem is to train, and why, before any training.

    Args:
        problem: by `load` or `parse`, the path of a file, or a text of several lines.
        basis: functions of the linear model: ``fourier``, ``sine``, ``cosine``, ``legendre``,
            ``chebyshev`` or ``mixed``.
        modes: the highest wave number or degree K; None for what takes a few seconds.
        index: ``box`` bounds every wave number by K, ``total`` their sum.
        epsilon: the part of the first error that gradient descent is to reach.
        verify: train the linear model with and without preconditioner, and compare.

    Returns:
        A report that prints as a page, with `as_data` and `plot`.

    Raises:
        ValueError: an option is wrong.
    """
    from pdedsl.analysis.matrices import Choice

    from .analysis import analyse
    from .results import Report

    return Report(
        **vars(analyse(_read(problem), Choice(basis, modes, index), epsilon, check=verify))
    )


def analyze_network(
    problem: Problem | Path | str,
    method: str | Path | Method = "lm",
    iterations: int | None = None,
    budget: float | None = None,
    *,
    seed: int = 0,
    settings: Settings = (),
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> results.NetworkReport:
    """Train a network and measure what its training depends on.

    Args:
        problem: by `load` or `parse`, the path of a file, or a text of several lines.
        method: ``auto``, a preset, a TOML file, or a method; of its starts only the first is
            made.
        iterations: the most iterations; with these alone the numbers are the same every time.
        budget: seconds for the training; None is 20 without iterations, and no limit with them.
        seed: of the points and of the first guess.
        settings: changes of the method, such as ``{"model.width": 64}`` or pairs of these.
        on_progress: called now and then while it trains.
        should_stop: asked at every iteration whether to end the training.

    Returns:
        A report on the spectrum of the tangent kernel, the Hessian, the gradients of the laws
        and the drift of the kernel; it prints as a page, with `as_data` and `plot`.

    Raises:
        UserError: the problem or the method is at fault.
        ArithmeticError: no state has a finite Jacobian that is not zero.
        ValueError: a number of iterations or a budget is not positive.
    """
    from pdedsl.analysis.network import measure_network, plan_training, train_keeping_states

    from .results import NetworkReport

    chosen = plan_training(_read(problem), method, iterations, budget, seed=seed, settings=settings)
    course = train_keeping_states(chosen, on_progress, should_stop)
    return NetworkReport(**vars(measure_network(course)))


def solve(
    problem: Problem | Path | str,
    method: str | Path | Method = "auto",
    budget: float | None = None,
    seed: int = 0,
    dtype: str | None = None,
    device: str | None = None,
    run_dir: str | Path | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    *,
    settings: Settings = (),
    threads: int | None = None,
    should_stop: Callable[[], bool] | None = None,
    watch: bool | float = False,
    polish: bool = False,
    accept: float | None = None,
) -> results.Solution:
    """Solve a problem.

    Args:
        problem: by `load` or `parse`, the path of a file, or a text of several lines.
        method: ``auto``, a preset, a TOML file, or a method.
        budget: seconds of the clock, for all from the call on; None is 50 for ``auto`` and no limit
            for others.
        seed: of the points and of the first guess; the same seed gives the same numbers.
        dtype: ``float64`` or ``float32``; None for that of the method.
        device: ``cpu`` or ``cuda``; None for that of the method.
        run_dir: folder to be made and filled; None to write nothing.
        on_progress: called now and then.
        settings: changes of the method, such as ``{"model.width": 64}`` or pairs of these.
        threads: of torch; None leaves them as they are.
        should_stop: asked at every iteration whether to end with the best state.
        watch: measure gradients by layer and law, the Hessian, the tangent kernel, and the error
            by wave number along the training (``solution.moments``, ``watch.jsonl`` in the run
            folder); a number is the share of the time that it may take, True stands for 0.15.
        polish: add the estimated error to the solution where that makes it better at points that
            took no part; it is saved, loaded and drawn as any other.
        accept: relative error, and relative residual of every law, up to which the solution is
            accepted; None is `pdedsl.solution.checks.acceptance.ACCEPT`.

    Returns:
        The solution. Where something speaks against it ``solution.usable`` is false,
        ``solution.status`` is the word for it and ``solution.failure`` says why and what to try.

    Raises:
        UserError: the problem or the method is at fault.
        OSError: the run folder cannot be made, or holds something already.
        ValueError: ``watch`` is negative, ``budget`` not above 0, ``accept`` not between 0 and 1,
            or ``seed`` or ``threads`` no whole number.
        TypeError: there is no problem.
    """
    from pdedsl.choice.allowance import Allowance

    allowance = Allowance(budget, should_stop)
    from pdedsl.solution.options.foreseen import check_budget, check_whole

    check_budget(budget)
    check_whole("seed", seed, 0)
    if threads is not None:
        check_whole("threads", threads, 1)
    from pdedsl.solution.checks.acceptance import ACCEPT, check_accept
    from pdedsl.solution.planning import plan
    from pdedsl.solution.saved.request import Request
    from pdedsl.solution.solving import solve_with
    from pdedsl.solution.watching import share_of

    from .results import Solution
    from .runs import RunFolder, claimed

    share, most = share_of(watch), check_accept(ACCEPT if accept is None else accept)
    changes = tuple(dict(settings).items())
    chosen = plan(
        _read(problem), method, budget=budget, settings=changes, seed=seed, dtype=dtype,
        device=device, threads=threads, allowance=allowance,
    )  # fmt: skip
    folder = RunFolder.exactly(Path(run_dir)) if run_dir is not None else None
    named = str(method) if isinstance(method, (str, Path)) else None
    request = Request(
        named, changes, None, budget, seed, dtype, device, threads, share, polish, most
    )
    with claimed(folder):
        return Solution.of(
            solve_with(
                chosen, request, folder=folder, on_progress=on_progress, should_stop=should_stop
            )
        )


def resume(
    run: str | Path,
    budget: float | None = None,
    iterations: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    *,
    should_stop: Callable[[], bool] | None = None,
) -> results.Solution:
    """Go on with a run that was broken off, or that ended by its budget or its iterations.

    The iterations that follow are, bit by bit, those of a run without the break, on the same
    machine with the same libraries and threads.

    Args:
        run: its folder.
        budget: seconds from now on; None for what is left of that of the run.
        iterations: to be made from now on; None for what is left of those of its method.
        on_progress: called now and then.
        should_stop: asked at every iteration whether to end with the best state.

    Returns:
        The solution; of a run that has ended that which it has.

    Raises:
        UserError: E804, there is nothing to go on with.
        OSError: another process is at work in the folder, or it cannot be written to.
    """
    from pdedsl.choice.allowance import Allowance

    allowance = Allowance(None, should_stop)
    from pdedsl.solution.options.foreseen import check_budget, check_whole
    from pdedsl.solution.saved.resuming import going_on, has_ended
    from pdedsl.solution.solving import solve_with

    from .results import Solution
    from .runs import RunFolder, claimed

    check_budget(budget)
    if iterations is not None:
        check_whole("iterations", iterations, 1)
    folder = RunFolder(Path(run))
    with claimed(folder):
        if has_ended(folder):
            return Solution.load(folder.path)
        going = going_on(folder, budget, iterations, allowance)
        request = going.request
        return Solution.of(
            solve_with(
                going.plan or request.plan(going.problem, allowance),
                request,
                folder=folder,
                resumed=going.resumed,
                on_progress=on_progress,
                should_stop=should_stop,
            )
        )


def _read(given: Problem | Path | str) -> Problem:
    """The problem, which is read where a file or a text is given."""
    from .ir import Problem

    if isinstance(given, (Path, str)):
        source, base = _source(given)
        return problem_of(source, base)
    if not isinstance(given, Problem):
        what = type(given).__name__
        raise TypeError(
            f"a problem is needed, not {what}: pdedsl.load(path) reads a file, and "
            "pdedsl.parse(text) a text"
        )
    return given


def _source(given: str | Path) -> tuple[Source, Path]:
    """A spec's text, and the folder that its data files are relative to."""
    from .syntax import load_source

    if _is_text(given):
        return Source("<text>", str(given)), Path()
    return load_source(given), Path(given).parent


def _is_text(given: str | Path) -> bool:
    """Whether a string is a text: the name of a file has one line."""
    return isinstance(given, str) and "\n" in given


def _refuse_given(what: str, mend: str) -> NoReturn:
    """Refuse a text in place of a file, or the reverse (E111)."""
    raise UserError([Diagnostic("E111", f"this is {what}", None, mend)], Source("<text>", ""))
