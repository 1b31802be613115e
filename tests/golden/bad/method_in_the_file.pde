domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = 1
bc: u = 0 on boundary
mesh 100
