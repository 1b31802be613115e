"""Laws against test functions on elements: their options, and the matrices of their rows."""
