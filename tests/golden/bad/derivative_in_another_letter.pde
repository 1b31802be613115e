domain D: (x, y) in [0, 1]^2
unknown u(x, y)
eq: u_z = lap(u)
bc: u = 0 on boundary
