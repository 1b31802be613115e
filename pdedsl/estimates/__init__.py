"""What can be said of the error of a result where nobody knows the solution."""
