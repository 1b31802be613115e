domain Omega: (x, y) in halfplane(point = (0, 0), normal = (1, 0))
unknown u(x, y)
eq: lap(u) = 1
bc: u = 0 on boundary
