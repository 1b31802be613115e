"""Operators, matrices and spectra that decide how fast training goes."""
