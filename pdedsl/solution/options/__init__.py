"""Options of a solve, looked at before anything is done."""
