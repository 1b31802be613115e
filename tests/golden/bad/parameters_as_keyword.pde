parameters a = 1
domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = a
bc: u = 0 on boundary
