"""``python -m pdedsl`` is the command line."""

from .cli import main

main()
