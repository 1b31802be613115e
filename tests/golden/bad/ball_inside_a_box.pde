region D = ball(center = (0.5, 0.5, 0.5), radius = 0.2)
domain Omega: (x, y, z) in [0, 1]^3
unknown u(x, y, z)
eq: -lap(u) = 1
bc: u = 0 on boundary
bc: u = 1 on boundary(D)
