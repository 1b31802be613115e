"""Which method a problem gets: `auto`, and what it tries before it decides."""
