"""Plans and their Jacobians at points, for given parameters."""
