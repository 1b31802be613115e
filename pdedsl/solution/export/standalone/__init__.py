"""Solutions as files that need no pdedsl: Python with NumPy or PyTorch, and graphs of networks."""

from .graph import write_onnx, write_pt2
from .python_file import write_python

__all__ = ["write_onnx", "write_pt2", "write_python"]
