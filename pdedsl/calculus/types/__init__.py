"""The type of an operator: elliptic, parabolic, hyperbolic, or none of these."""
