param b in [3, 1]
domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = b
bc: u_b = 0 on boundary
