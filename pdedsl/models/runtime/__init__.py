"""How computations run: replay, memory that is used again, threads."""
