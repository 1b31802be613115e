"""The look that all pictures share."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.colors import LogNorm
    from matplotlib.figure import Figure

VALUES, ERRORS = "viridis", "magma"
KNOWN: Any = {"color": "black", "linestyle": (0, (2, 3))}
"""How curves of known solutions are drawn."""
# Okabe and Ito's colours, which colour-blind readers tell apart; yellow is too pale for lines.
CYCLE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DECADES, _MOST_DECADES = 4, 12
_DPI, _MARGIN = 150, 0.06
_LONGEST_UPRIGHT = 8  # letters of a name beside an axis: a tenth of the width of a panel; †
_GREEK = re.compile(
    r"(alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma"
    r"|tau|upsilon|phi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Phi|Psi|Omega)"
    r"\[?(\d*)\]?"
)
_NUMBERED = re.compile(r"([A-Za-z]+)\[?(\d+)\]?")
_SETTINGS: dict[str, Any] = {
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.labelsize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "axes.formatter.use_mathtext": True,
    "axes.formatter.limits": (-3, 4),
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.5,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "mathtext.fontset": "dejavusans",
    "image.cmap": VALUES,
}


@contextmanager
def style() -> Iterator[None]:
    """The settings for the time of drawing; those of the user come back afterwards."""
    import matplotlib
    from cycler import cycler

    settings: Any = {**_SETTINGS, "axes.prop_cycle": cycler(color=CYCLE)}
    with matplotlib.rc_context(settings):
        yield


def figure(width: float, height: float) -> Figure:
    """A figure in inches that needs no display and no pyplot."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    made = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(made)
    return made


def save(made: Figure, path: Path) -> None:
    """Write a figure as a PNG file.

    Raises:
        OSError: the folder cannot be written to.
    """
    from pdedsl.runs import write_bytes

    stream = io.BytesIO()
    # Panels of a fixed aspect leave the layout no say in what is beside them: nothing is cut off.
    made.savefig(stream, format="png", dpi=_DPI, bbox_inches="tight", pad_inches=_MARGIN)
    write_bytes(path, stream.getvalue())


def bar(made: Figure, mesh: Any, label: str = "") -> None:
    """A colour bar to the right of a map and exactly as high."""
    place = mesh.axes.inset_axes((1.04, 0.0, 0.05, 1.0))
    made.colorbar(mesh, cax=place, label=label)
    _few_ticks(place.yaxis, mesh.norm)


def _few_ticks(axis: Any, norm: Any) -> None:
    """Few labels on a logarithmic bar of two decades or less.

    There such a scale labels its minor ticks, which stand too close near the end of a decade.
    """
    from matplotlib import ticker
    from matplotlib.colors import LogNorm

    if not isinstance(norm, LogNorm) or norm.vmin is None or norm.vmax is None:
        return
    ratio = norm.vmax / norm.vmin
    if ratio > 100:
        return
    if ratio > 10:
        axis.set_major_locator(ticker.LogLocator(subs=(1.0, 3.0)))
        unbounded = (np.inf, np.inf)
        axis.set_major_formatter(ticker.LogFormatterSciNotation(minor_thresholds=unbounded))
    else:
        axis.set_major_locator(ticker.MaxNLocator(4, steps=[1, 2, 5, 10]))
        axis.set_major_formatter(ticker.ScalarFormatter())
    axis.set_minor_formatter(ticker.NullFormatter())


def upright(panel: Any, name: str) -> None:
    """The name of the vertical axis, turned on its side only where it is long; ``x'`` as it is."""
    text = tex(name.removesuffix("'"))
    text = text[:-1] + "'$" if name.endswith("'") else text
    if len(name) > _LONGEST_UPRIGHT:
        panel.set_ylabel(text)
    else:
        panel.set_ylabel(text, rotation=0, labelpad=8, va="center", ha="right")


def tex(name: str) -> str:
    """A name of the spec in mathematical type: ``v[1]`` is v₁, ``lambda2`` is λ₂."""
    return f"${tex_inner(name)}$"


def tex_inner(name: str) -> str:
    """`tex` without the dollar signs."""
    greek = _GREEK.fullmatch(name)
    if greek:
        return f"\\{greek[1]}" + (f"_{{{greek[2]}}}" if greek[2] else "")
    numbered = _NUMBERED.fullmatch(name)
    if numbered:
        return f"{_word(numbered[1])}_{{{numbered[2]}}}"
    return _word(name)


def _word(name: str) -> str:
    escaped = name.replace("_", r"\_").replace("[", "_{").replace("]", "}")
    return escaped if len(name) == 1 else rf"\mathrm{{{escaped}}}"


def error_norm(values: NDArray[np.float64]) -> LogNorm:
    """A logarithmic scale over the upper decades of the magnitudes.

    It reaches below the median, so that a spike at a corner does not leave the rest of a map black.
    """
    from matplotlib.colors import LogNorm

    magnitudes = values[np.isfinite(values) & (values > 0)]
    if not magnitudes.size:
        return LogNorm(1e-17, 1e-16)
    top = float(magnitudes.max())
    low, median = np.percentile(magnitudes, [2, 50])
    floor = max(min(top * 10.0**-DECADES, median / 10), top * 10.0**-_MOST_DECADES)
    bottom = max(low, floor, 1e-300)
    return LogNorm(bottom if bottom < top else top / 10, top)


def error_map(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], dict[str, Any]]:
    """Magnitudes of errors as a logarithmic scale can show them, and how to paint them."""
    return np.maximum(values, 1e-300), {"cmap": ERRORS, "norm": error_norm(values)}


def safe(name: str) -> str:
    """A component's name as part of a file name: ``v[1]`` is ``v1``."""
    return re.sub(r"[^A-Za-z0-9_]+", "", name)
