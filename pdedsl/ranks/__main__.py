"""A process that takes orders; `pdedsl.ranks.starting` starts it."""

from .starting import serve

serve()
