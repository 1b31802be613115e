domain Omega: (x, y) in polygon(a = (0, 0), b = (1, 0), c = (0, 1))
unknown u(x, y)
eq: lap(u) = 1
bc: u = 0 on boundary
