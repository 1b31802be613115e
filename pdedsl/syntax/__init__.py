"""Text to tree and back: reading `.pde` files with their diagnostics, and formatting them."""

from .files import load_source
from .format import format_source, format_statement
from .located import located, on_side
from .papers.inequalities import meant_set
from .printing import format_expression
from .read import Reading, read
from .tokens import Comment

__all__ = [
    "Comment",
    "Reading",
    "format_expression",
    "format_source",
    "format_statement",
    "load_source",
    "located",
    "meant_set",
    "on_side",
    "read",
]
