"""What is measured along a training, against numpy and closed forms."""

from __future__ import annotations

import errno
import math
import os
from types import SimpleNamespace

import numpy as np
import pytest
import torch

import pdedsl
from pdedsl.compiler import ResidualSystem
from pdedsl.geometry import generic_points
from pdedsl.solution.watching import Moment, measures
from pdedsl.solution.watching.spectrum import WaveSpectrum
from pdedsl.solution.watching.wave_numbers import middles, sizes, wave_numbers
from pdedsl.training.balance import Balance
from tests import small

ADAM = {
    "model": {"width": 3, "depth": 2},
    "optimizer": {"kind": "adam", "iterations": 12},
    "sampling": {"points": {"eq": 20, "bc": 6}},
}
WAVES = """problem "waves"
domain  Omega: x in [-pi, pi]
unknown u(x)
let     us = sin(x) + sin(3*x) + sin(5*x)
eq: u = us
exact u = us
"""
TORUS = """problem "torus"
domain  Omega: x in [0, 4]
time    t in [0, 2]
unknown u(x, t)
eq: u_t + u_x = 0
ic: u = cos(pi*x)  at t = 0
bc: u periodic in x
"""
DISK = """problem "disk"
domain  Omega: (x, y) in disk(center = (0, 0), radius = 1)
unknown u(x, y)
eq: lap(u) = 4
bc: u = 1  on boundary
exact u = x^2 + y^2
"""


def adam(**more):
    return pdedsl.Method.model_validate(ADAM | more)


def watched(text, method=None, **options):
    return pdedsl.solve(pdedsl.parse(text), method or adam(), watch=math.inf, **options)


# Waves.


def test_waves_of_a_family_have_their_sizes():
    x = 2 * np.pi * middles(32)
    found = sizes("fourier", np.array([2 + 3 * np.cos(2 * x) + np.sin(5 * x)]))
    expected = np.zeros(17)
    expected[[0, 2, 5]] = 2, 3 / np.sqrt(2), 1 / np.sqrt(2)
    assert found == pytest.approx(expected, abs=1e-14)
    assert wave_numbers("fourier", 32, 2 * np.pi)[5] == pytest.approx(5)
    x = 3 * middles(16)
    found = sizes("sine", np.array([np.sin(np.pi / 3 * 4 * x)]))
    assert found[3] == pytest.approx(1 / np.sqrt(2))
    assert np.delete(found, 3) == pytest.approx(np.zeros(15), abs=1e-15)
    assert wave_numbers("sine", 16, 3.0)[3] == pytest.approx(4 * np.pi / 3)
    found = sizes("cosine", np.array([np.cos(np.pi / 3 * 4 * x), -5 * np.ones(16)]))
    assert found[4] == pytest.approx(0.5)  # over two lines, of which one has none of it
    assert found[0] == pytest.approx(5 / np.sqrt(2))
    assert wave_numbers("cosine", 16, 3.0)[4] == pytest.approx(4 * np.pi / 3)


def test_a_slope_at_the_ends_leaks_like_the_cosine_series_of_it():
    found = sizes("cosine", middles(4096)[None])
    k = np.arange(1, 30)
    series = np.where(k % 2, 4 / (np.pi * k) ** 2, 0) / np.sqrt(2)  # of x on [0, 1]
    assert found[0] == pytest.approx(0.5)
    assert found[1:30] == pytest.approx(series, abs=1e-6)


@pytest.mark.parametrize("family", ["fourier", "sine", "cosine"])
@pytest.mark.parametrize("n", [15, 16])
def test_squares_add_up_to_the_mean_square(family, n):
    values = np.random.default_rng(1).normal(size=(3, n))
    assert np.sum(sizes(family, values) ** 2) == pytest.approx(np.mean(values**2))


def test_the_error_by_wave_number_adds_up_to_the_error():
    solution = watched(small.LINE, small.method(3))
    x = middles(128)
    error = solution(x=x) - np.sin(2 * x)
    (band,) = solution.moments[-1].bands
    assert (band.name, band.axis, band.of, band.family) == ("u", "x", "error", "cosine")
    assert np.sum(band.sizes**2) == pytest.approx(np.mean(error**2))
    assert np.sum(band.known**2) == pytest.approx(np.mean(np.sin(2 * x) ** 2))
    assert band.wave_numbers[:3] == pytest.approx([0, np.pi, 2 * np.pi])


def test_the_residual_stands_in_where_nothing_is_known():
    system = pdedsl.compile(pdedsl.parse(TORUS), {"width": 6, "depth": 1})
    found = {band.axis: band for band in WaveSpectrum(system.problem, system).at(system.theta0)}
    assert {(b.name, b.of, b.known) for b in found.values()} == {("eq", "residual", None)}
    assert (found["x"].family, found["t"].family) == ("fourier", "cosine")
    # The squares add up to those of the residual on the lines.
    for place, (axis, length) in enumerate([("x", 4.0), ("t", 2.0)]):
        unit = np.repeat(generic_points(8, 2), 128, axis=0)
        unit[:, place] = np.tile((np.arange(128) + 0.5) / 128, 8)
        points = torch.tensor(unit * [4.0, 2.0])
        residual = system.residual_at(system.theta0, "eq", points)
        assert np.sum(found[axis].sizes ** 2) == pytest.approx(float(residual.square().mean()))
        assert found[axis].wave_numbers[1] == pytest.approx((1 + (axis == "x")) * np.pi / length)


def test_components_and_axes_of_their_own():
    problem = pdedsl.parse(small.HEAT)
    bands = WaveSpectrum(problem, SimpleNamespace())._lines
    assert [(lines.axis, lines.family) for lines in bands] == [("x", "sine"), ("t", "cosine")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (DISK, "not a box"),
        (small.LINE.replace("exact u = sin(k*x)", "exact u = sqrt(x - 1/2)"), "not finite"),
    ],
)
def test_where_there_are_no_waves_the_reason_is_given(text, reason):
    with pytest.raises(ValueError, match=reason):
        WaveSpectrum(pdedsl.parse(text), SimpleNamespace())


def test_low_wave_numbers_are_learned_first():
    problem = pdedsl.parse(WAVES)
    method = pdedsl.Method.model_validate({
        "model": {"width": 20, "depth": 2},
        "optimizer": {"kind": "adam", "iterations": 500, "rate": 0.01},
        "sampling": {"kind": "grid", "points": {"eq": 40}},
    })  # fmt: skip
    system = pdedsl.compile(problem, method.model, method.sampling.points, "grid")
    waves, left = WaveSpectrum(problem, system), {}

    def see(iteration, step, own):
        if iteration % 25 == 0:
            (band,) = waves.at(step.theta)
            places = [int(np.argmin(np.abs(band.wave_numbers - k))) for k in (1, 3, 5)]
            left[iteration] = band.sizes[places] / band.known[places]

    pdedsl.train(system, method, on_step=see)
    halved = [min(i for i, part in left.items() if part[k] < 0.5) for k in range(3)]
    assert halved[0] < halved[1] < halved[2]


# Measures.


@pytest.fixture(scope="module")
def line():
    return watched(small.LINE)


def states(text, method):
    """A system and its states by iteration."""
    system = pdedsl.compile(pdedsl.parse(text), method.model, method.sampling.points)
    found = {}
    pdedsl.train(system, method, on_step=lambda i, step, own: found.update({i: step.theta}))
    return system, found


def test_marks_are_a_quarter_apart(line):
    assert [m.iteration for m in line.moments] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12]
    assert all(not m.left_out for m in line.moments)
    assert all(m.weights == {"eq": 1.0, "bc": 1.0} for m in line.moments)


def test_watching_changes_no_number(line):
    plain = pdedsl.solve(pdedsl.parse(small.LINE), adam())
    assert plain.moments == ()
    assert torch.equal(plain.theta, line.theta)


def test_measures_are_those_of_the_state(line):
    system, thetas = states(small.LINE, adam())
    for moment in line.moments[::4]:
        theta = thetas[moment.iteration]
        jacobian = system.jacobian(theta).numpy()
        squares = np.linalg.svd(jacobian, compute_uv=False) ** 2
        kept = squares[: moment.tangent.rank]
        assert moment.tangent.largest == pytest.approx(squares[0])
        assert moment.tangent.rank == np.linalg.matrix_rank(jacobian)
        assert moment.tangent.kappa == pytest.approx(kept[0] / kept[-1], rel=1e-4)
        step = 1e-5
        columns = [
            (system.loss_and_grad(theta + step * e)[1] - system.loss_and_grad(theta - step * e)[1])
            / (2 * step)
            for e in torch.eye(system.parameters, dtype=torch.float64)
        ]
        ends = np.linalg.eigvalsh(torch.stack(columns).numpy())
        assert moment.hessian.largest == pytest.approx(ends[-1], rel=1e-2)
        assert moment.hessian.smallest == pytest.approx(ends[0], abs=1e-3 * ends[-1])


def test_the_drift_is_that_of_the_kernel_at_points_that_stay(line):
    system, thetas = states(small.LINE, adam())
    points = torch.tensor(generic_points(64, 1))
    kernels = []
    for theta in (thetas[0], thetas[12]):
        features = system.field_jacobian(theta, points)[0]
        kernels.append(features @ features.T)
    change = float((kernels[1] - kernels[0]).norm() / kernels[0].norm())
    assert line.moments[0].tangent.drift == 0
    assert line.moments[-1].tangent.drift == pytest.approx(change)


def test_histograms_count_every_entry_of_the_gradient(line):
    system, thetas = states(small.LINE, adam())
    by_law = system.gradients_by_law(thetas[12])
    for part, laws in line.moments[-1].gradients.items():
        for label, found in laws.items():
            entries = by_law[label][system.parts[part]].numpy()
            assert found.counts.sum() == len(entries)
            assert found.edges[0] <= entries.min() and entries.max() <= found.edges[-1]
            expected = np.histogram(entries, found.edges)[0]
            assert np.array_equal(found.counts, expected)


# Where it is not the whole of one network on points that stay.


def test_windows_are_measured_one_by_one():
    method = pdedsl.Method.model_validate({
        "model": {"kind": "windows", "count": 2, "pieces": [{"width": 3, "depth": 1}]},
        "optimizer": {"kind": "lm", "iterations": 3},
        "sampling": {"points": {"eq": 30, "bc": 6, "ic": 6}},
    })  # fmt: skip
    solution = watched(small.HEAT, method)
    assert all(not m.left_out for m in solution.moments)
    ends = [band.wave_numbers[1] for m in solution.moments for band in m.bands if band.axis == "t"]
    assert ends == pytest.approx([2 * np.pi] * len(ends))  # half of the time each


@pytest.mark.parametrize(
    "method",
    [
        {"model": {"kind": "basis", "family": "legendre", "modes": 3},
         "optimizer": {"kind": "lstsq"}},
        {"model": {"width": 3, "depth": 1}, "optimizer": {"kind": "sgd", "iterations": 4},
         "sampling": {"resample": 2}, "precision": {"dtype": "float32"}},
        {"model": {"width": 3, "depth": 1}, "optimizer": {"kind": "lm", "iterations": 3},
         "schedule": {"starts": {"seeds": 2, "iterations": 2}}},
        {"model": {"width": 3, "depth": 1}, "optimizer": {"kind": "lm", "iterations": 3},
         "domain": {"split": {"x": 2}}},
    ],
    ids=["basis", "fresh points", "starts", "parts"],
)  # fmt: skip
def test_other_trainings_are_watched(method):
    solution = watched(small.HEAT, pdedsl.Method.model_validate(method))
    first, last = solution.moments[0], solution.moments[-1]
    assert not first.left_out and not last.left_out
    assert first.iteration == 0 < last.iteration
    assert len(last.bands) == 2


def test_what_is_too_dear_is_left_out_with_the_reason(monkeypatch):
    monkeypatch.setattr(measures, "_MOST_WORK", 1)
    solution = watched(small.LINE)
    assert all("2" in m.left_out["tangent"] and m.tangent is None for m in solution.moments)
    assert "fewer points" in solution.summary()["watched"]["left_out"]["tangent"]
    monkeypatch.setattr(measures, "_MOST_WORK", math.inf)
    monkeypatch.setattr(measures, "_SECONDS_OF_WORK", 1e9)
    monkeypatch.setattr(measures, "_RESIDUALS", 1e12)
    solution = pdedsl.solve(pdedsl.parse(small.LINE), adam(), watch=True)
    assert "too long" in solution.moments[-1].left_out["hessian"]
    assert "too long" in solution.moments[-1].left_out["tangent"]
    assert solution.moments[-1].gradients is not None


def test_a_measure_that_fails_costs_only_itself(monkeypatch):
    def fail(self, theta, v):
        raise RuntimeError("derivative for this is not implemented\nsecond line")

    monkeypatch.setattr(ResidualSystem, "hvp", fail)
    solution = watched(small.LINE)
    assert solution.outcome.iterations == 13
    assert solution.moments[-1].left_out == {"hessian": "derivative for this is not implemented"}
    assert solution.moments[-1].tangent is not None


def test_a_share_that_is_none_is_refused():
    with pytest.raises(ValueError, match="share of the time"):
        pdedsl.solve(pdedsl.parse(small.LINE), adam(), watch=-0.1)


# The run folder.


def test_moments_are_written_as_they_come_and_read_again(line, tmp_path):
    folder = tmp_path / "run"
    found = watched(small.LINE, run_dir=folder)
    lines = (folder / "watch.jsonl").read_text().splitlines()
    assert len(lines) == len(found.moments)
    loaded = pdedsl.Solution.load(folder)
    for before, after in zip(found.moments, loaded.moments, strict=True):
        assert after.line() == before.line()
        assert (after.iteration, after.hessian) == (before.iteration, before.hessian)
        assert after.bands[0].sizes == pytest.approx(before.bands[0].sizes, rel=1e-5)
    loaded.save(tmp_path / "again")
    assert (tmp_path / "again" / "watch.jsonl").read_text().splitlines() == lines
    (folder / "watch.jsonl").write_text("\n".join([*lines[:2], lines[2][:40]]))
    assert len(pdedsl.Solution.load(folder).moments) == 2


def test_a_line_that_is_no_moment_is_refused():
    with pytest.raises(ValueError, match="not a moment"):
        Moment.of_line('{"iteration": 3}')


def test_a_full_disk_stops_neither_the_training_nor_the_watch(monkeypatch, tmp_path):
    from pdedsl.runs import recorder

    def full(*arguments):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(recorder, "append_text", full)
    solution = watched(small.LINE, run_dir=tmp_path / "run")
    assert len(solution.moments) == 11
    # The disk has room again at the end.
    assert solution.unsaved == []
    assert len((tmp_path / "run" / "watch.jsonl").read_text().splitlines()) == 11


# What is always noted.


def test_gradients_by_law_keep_to_their_share_of_the_time():
    system = pdedsl.compile(pdedsl.parse(small.LINE), {"width": 5, "depth": 1}, weights={"bc": 7})
    theta, balance = system.theta0, Balance()
    assert balance.gradients(system, theta, seconds=0.0, residual=1e-6) == {}
    assert balance.gradients(system, theta, seconds=1.0, residual=1.0) == {}
    found = balance.gradients(system, theta, seconds=1e6, residual=1.0)
    jacobian, residual = system.jacobian(theta), system.residual(theta)
    for block in system.blocks:
        gradient = 2 * jacobian[block.rows].T @ residual[block.rows]
        assert found[block.label] == pytest.approx(float(gradient.norm()))
    assert balance.gradients(system, theta, seconds=1e-9, residual=0.0) == {}


def test_weights_stand_in_the_history():
    method = adam(schedule={"rules": [{"kind": "ramp", "weights": {"bc": 100}, "iterations": 12,
                                       "every": 4}]})  # fmt: skip
    history = pdedsl.solve(pdedsl.parse(small.LINE), method).outcome.history
    weights = [progress.weights["bc"] for progress in history]
    assert weights[0] == 1.0 and weights[-1] == pytest.approx(100)


def test_weights_that_change_are_drawn():
    rules = [{"kind": "ramp", "weights": {"bc": 100}, "iterations": 12, "every": 4}]
    solution = pdedsl.solve(pdedsl.parse(small.LINE), adam(schedule={"rules": rules}))
    panel = solution.plot()["balance"].axes[0]
    curves = {line.get_label(): line.get_ydata() for line in panel.lines}
    assert list(curves["bc"]) == [p.weights["bc"] for p in solution.outcome.history]
    assert set(curves["eq"]) == {1.0}
    assert "balance" not in pdedsl.solve(pdedsl.parse(small.LINE), adam()).plot()
