domain Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq: lap(u) = u
bc: d(u, n) = 1 on boundary
