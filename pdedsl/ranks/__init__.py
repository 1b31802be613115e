"""One solve by several processes: the first gives orders, and all carry them out on their rows."""
