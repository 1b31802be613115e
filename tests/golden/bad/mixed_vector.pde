domain Omega: (x, y) in [0, 1]^2
unknown v(x, y) in R^2
eq: lap(v) = (1, grad(v[1]))
bc: v = 0 on boundary
