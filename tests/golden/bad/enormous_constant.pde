domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = 99^999
bc: u = 0 on boundary
