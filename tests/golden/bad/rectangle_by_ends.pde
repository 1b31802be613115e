domain Omega: (x, y) in rectangle(0, 1, 0, 2)
unknown u(x, y)
eq: lap(u) = 1
bc: u = 0 on boundary
