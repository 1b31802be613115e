domain Omega: (x, y) in [0, 1] x [0, 1]
unknown u(x, y)
eq: lap(u) = 1
bc: u = 0 on boundary
