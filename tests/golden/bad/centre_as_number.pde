domain Omega: (x, y) in disk(center = 0, radius = 1)
unknown u(x, y)
eq: lap(u) = 1
bc: u = 0 on boundary
