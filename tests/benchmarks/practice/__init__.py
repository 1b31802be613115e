"""Problems as people bring them: units, starts, layers, stiffness, eigenvalues, delays, shocks."""
