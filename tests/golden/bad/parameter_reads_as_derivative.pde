param u_x = 2
domain Omega: x in [0, 1]
unknown u(x)
eq: d(u, x, 2) = u_x
bc: u = 0 on boundary
