Param k = 1
Domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = k
bc: u = 0 on boundary
