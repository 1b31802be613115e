domain Omega: (x, y) in polygon((0, 0), (1, 0))
unknown u(x, y)
eq: lap(u) = 1
bc: u = 0 on boundary
