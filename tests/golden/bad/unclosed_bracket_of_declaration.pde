param a = 2
domain Omega: (x, y in [0, 1]^2
unknown u(x, y)
eq: lap(u) = a
bc: u = 0 on boundary
