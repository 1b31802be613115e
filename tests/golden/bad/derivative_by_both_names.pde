domain Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq: lap(u) + d(u, x, y) = 1
bc: u = 0 on boundary
