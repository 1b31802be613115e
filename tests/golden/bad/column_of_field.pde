domain Omega: (x, y) in [0, 1]^2
unknown v(x, y) in R^2
eq: lap(v.x) = 1, lap(v.y) = 0
bc: v = 0 on boundary
