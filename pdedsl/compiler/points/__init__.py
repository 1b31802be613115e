"""Where laws are imposed: samplers, and the numbers of nodes."""
