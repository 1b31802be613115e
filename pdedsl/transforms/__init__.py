"""Transforms: Problem → Problem, one a file; sympy alone."""
