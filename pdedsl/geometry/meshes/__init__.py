"""Sets as triangles and tetrahedra, for pictures and files; no law is solved on them."""

from .cut_cells import cut_mesh
from .mesh import Mesh
from .outline import Polyline, outline
from .triangulation import triangulate

__all__ = ["Mesh", "Polyline", "cut_mesh", "outline", "triangulate"]
