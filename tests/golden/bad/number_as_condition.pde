domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = if(x, 1, 0)
bc: u = 0 on boundary
