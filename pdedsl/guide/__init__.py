"""Help on the language, as data: what codes and words mean, and files to start from."""

from .explanations import Explanation, explanation
from .templates import TEMPLATES, template
from .words import Word, words

__all__ = ["TEMPLATES", "Explanation", "Word", "explanation", "template", "words"]
