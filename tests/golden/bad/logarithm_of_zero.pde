param k = log(0)
domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = k
bc: u = 0 on boundary
