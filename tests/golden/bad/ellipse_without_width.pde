domain Omega: (x, y) in ellipse(center = (0, 0), radii = (2, 0))
unknown u(x, y)
eq: lap(u) = 1
bc: u = 0 on boundary
