"""Linear algebra: factorisations of least-squares problems, sketches, extreme eigenvalues."""
