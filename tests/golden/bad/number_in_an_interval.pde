unknown s in [0, 5]
domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = s
bc: u = 0 on boundary
bc: u_x = -1 on x = 0
