domain Omega: (x, y) in [0, 1]^2
unknown v(x, y) in R^2
eq: lap(v) = 0
bc: v = (x, -y) on boundary
exact v = x
