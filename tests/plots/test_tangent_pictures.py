"""Pictures of tangent kernels, spectra, gradients, Hessians and drift show their data."""

from __future__ import annotations

import io

import matplotlib.image
import numpy as np
import pytest

from pdedsl.analysis.network.report import Curvature
from pdedsl.conditioning.networks.drift import Drift
from pdedsl.conditioning.networks.gradients import gradient_histograms
from pdedsl.conditioning.networks.green import greens_function
from pdedsl.conditioning.networks.spectra import spectrum_histograms, tangent_spectrum
from pdedsl.conditioning.networks.tangent import natural_kernel, residual_metric, tangent_kernel
from pdedsl.plots.spectra import drift_figure, gradient_figure, hessian_figure, spectrum_figure
from pdedsl.plots.tangent import green_figure, kernel_figure
from pdedsl.plots.view import axes_of
from tests.conditioning.network_problems import HEAT, LINE, l2_metric, nodes, parsed, state, system


def image(made) -> np.ndarray:
    """The figure as pixels, with something drawn."""
    stream = io.BytesIO()
    made.savefig(stream, format="png", dpi=80)
    stream.seek(0)
    pixels = matplotlib.image.imread(stream)
    assert pixels.shape[0] > 150 and pixels.shape[1] > 300
    assert np.ptp(pixels[..., :3]) > 0.5
    return pixels


def shown(panel) -> np.ndarray:
    """The values of a map, horizontal axis first."""
    return np.asarray(panel.images[0].get_array()).T


def test_kernels_over_one_input():
    s = system(LINE)
    theta = state(s)
    metric = l2_metric(s, theta, *nodes(40), cutoff=1e-6)
    made = kernel_figure(s, theta, metric)
    image(made)
    x = np.linspace(0, 1, 121)[:, None]
    kernels = (tangent_kernel(s, theta, x), natural_kernel(s, theta, metric, x))
    for panel, kernel in zip(made.axes[:2], kernels, strict=True):
        assert shown(panel) == pytest.approx(kernel[0, :, 0, :], rel=1e-9, abs=1e-9)
    assert [p.get_title() for p in made.axes[:2]] == ["tangent kernel", "natural tangent kernel"]
    low, high = made.axes[1].images[0].get_clim()
    assert low == -high
    assert (made.axes[0].get_xlabel(), made.axes[0].get_ylabel()) == ("$x$", "$x'$")


def test_the_kernel_of_one_point_over_two_inputs():
    s = system(HEAT, {"width": 4, "depth": 1})
    theta = state(s)
    made = kernel_figure(s, theta, residual_metric(s, theta, 1e-5), component=1, point=[0.25, 1.5])
    image(made)
    panel = made.axes[0]
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("$t$", "$x$")
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]])
    want = tangent_kernel(s, theta, corners, np.array([[0.25, 1.5]]))[1, :, 1, 0]
    values = shown(panel)
    assert [values[0, 0], values[0, -1], values[-1, 0]] == pytest.approx(want, rel=1e-9)
    assert panel.lines[0].get_xydata().tolist() == [[1.5, 0.25]]


def test_a_few_large_values_do_not_hide_the_others():
    x = np.linspace(0, 1, 41)
    g = np.cos(7 * x[:, None] * x)
    (axis,) = axes_of(parsed(LINE))
    calm = green_figure(axis, g).axes[0].images[0]
    assert calm.get_clim() == pytest.approx((-1, 1))
    assert calm.cmap.colorbar_extend == "neither"
    g[0, 0] = 500.0
    wild = green_figure(axis, g).axes[0].images[0]
    assert wild.get_clim()[1] < 1.01
    assert wild.cmap.colorbar_extend == "both"


def test_a_greens_function_and_its_sections():
    s = system(LINE, {"kind": "basis", "family": "legendre", "modes": 12})
    (axis,) = axes_of(s.problem)
    x = axis.values(61)[:, None]
    g = greens_function(s, s.theta0, "eq", x, x)[0, :, 0, :]
    exact = np.minimum(x, x.T) * (1 - np.maximum(x, x.T))
    made = green_figure(axis, g, exact)
    image(made)
    left, right = made.axes[:2]
    assert shown(left) == pytest.approx(g)
    assert len(right.lines) == 8
    assert right.lines[1].get_ydata() == pytest.approx(g[:, 24])
    assert right.lines[5].get_ydata() == pytest.approx(exact[:, 24])
    labels = [text.get_text() for text in right.get_legend().get_texts()]
    assert labels == ["$x'$ = 0.2", "$x'$ = 0.4", "$x'$ = 0.6", "$x'$ = 0.8", "exact"]


def test_spectra_of_several_models():
    models = {"narrow": {"width": 4, "depth": 1}, "wide": {"width": 12, "depth": 2}}
    systems = {name: system(LINE, model) for name, model in models.items()}
    found = spectrum_histograms(
        {name: tangent_spectrum(s, s.theta0) for name, s in systems.items()}
    )
    made = spectrum_figure(found)
    image(made)
    (panel,) = made.axes
    assert panel.get_xscale() == "log"
    labels = [text.get_text().split(",")[0] for text in panel.get_legend().get_texts()]
    assert labels == ["narrow", "wide"]
    for step, histogram in zip(panel.patches[::2], found.values(), strict=True):
        values, edges, _ = step.get_data()
        assert edges[-1] / edges[0] <= 1.1e17
        hidden = histogram.counts.sum() - values.sum()
        label = f"{int(hidden) + histogram.below} below"
        assert label in step.get_label()


@pytest.mark.parametrize("depth", [2, 4])
def test_gradients_by_layer(depth):
    s = system(HEAT, {"width": 5, "depth": depth})
    found = gradient_histograms(s, state(s))
    made = gradient_figure(found)
    image(made)
    panels = [p for p in made.axes if p.axison]
    assert [p.get_title() for p in panels] == list(s.parts)
    for panel, laws in zip(panels, found.values(), strict=True):
        shares = [step.get_data()[0] for step in panel.patches]
        assert [share.sum() for share in shares] == pytest.approx([1.0] * len(laws))
    assert [t.get_text() for t in made.axes[2].get_legend().get_texts()] == list(laws)


def test_ends_of_the_hessian_in_time():
    ends = [Curvature(50.0 + i, low, 0.0) for i, low in enumerate([-3.0, -3.0, 1.0, None])]
    made = hessian_figure([0, 10, 20, 30], ends)
    image(made)
    lines = {line.get_label(): line for line in made.axes[0].lines}
    assert lines["largest"].get_ydata().tolist() == [50.0, 51.0, 52.0, 53.0]
    negative = np.asarray(lines["smallest, sign changed"].get_ydata())
    assert negative[:2].tolist() == [3.0, 3.0] and np.isnan(negative[2:]).all()


def test_drift_in_time():
    found = Drift(np.array([0.0, 0.1, 0.3]), np.array([[9.0, 1.0], [8.0, 2.0], [7.0, 3.0]]))
    made = drift_figure([0, 5, 10], found)
    image(made)
    left, right = made.axes[:2]
    assert left.lines[0].get_xydata().tolist() == [[0.0, 0.0], [5.0, 0.1], [10.0, 0.3]]
    assert [line.get_ydata().tolist() for line in right.lines] == [[9.0, 8.0, 7.0], [1.0, 2.0, 3.0]]
