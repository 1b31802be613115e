domain Omega: (x, y) in disk(2)
unknown u(x, y)
eq: lap(u) = 1
bc: u = 0 on boundary
