domain Omega: x in [0, 1]
unknown u(x) > 0
eq: u_xx = 1
bc: u = 0 on boundary
