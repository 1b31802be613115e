domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = sin(30°)
bc: u = 0 on boundary
