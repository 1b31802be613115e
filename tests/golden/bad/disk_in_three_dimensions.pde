domain Omega: (x, y, z) in disk(center = (0, 0, 0), radius = 1)
unknown u(x, y, z)
eq: lap(u) = 1
bc: u = 0 on boundary
