"""Unknown numbers that no data fix: eigenvalues, and sources that conditions ask for."""
