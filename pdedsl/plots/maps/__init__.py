"""Maps over two inputs: of the whole, at moments, through the middle."""

from .magnitudes import magnitude_figure
from .panels import orient, paint, panel_size
from .plane import map_figures
from .slices import slice_figures
from .snapshots import snapshot_figures
from .vectors import vector_figures

__all__ = [
    "magnitude_figure",
    "map_figures",
    "orient",
    "paint",
    "panel_size",
    "slice_figures",
    "snapshot_figures",
    "vector_figures",
]
