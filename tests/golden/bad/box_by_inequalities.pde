domain Omega: 0 < x < 1, 0 < y < 2
unknown u(x, y)
eq: -lap(u) = 1
bc: u = 0 on boundary
