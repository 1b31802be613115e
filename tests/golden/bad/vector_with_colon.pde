domain Omega: (x, y) in [0, 1]^2
unknown v(x, y) : R^2
eq: lap(v) = (1, 0)
bc: v = (0, 0) on boundary
