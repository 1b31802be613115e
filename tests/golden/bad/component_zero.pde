domain Omega: (x, y) in [0, 1]^2
unknown v(x, y) in R^2
eq: lap(v[0]) = 1, lap(v[1]) = 1
bc: v = 0 on boundary
