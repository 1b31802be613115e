"""Windows of time, solved one after another."""
