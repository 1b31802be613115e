"""Elements on a line that follow the residual, for problems of one input."""
