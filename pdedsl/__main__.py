"""``python -m pdedsl`` is the command line."""

from pdedsl.cli import main

main()
