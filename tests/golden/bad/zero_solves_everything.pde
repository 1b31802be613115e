domain Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq: lap(u) + u^3 = 0
bc: u = 0 on boundary
