domain D: x in [0, 1]
unknown u(x)
eq: u_xx = pi(x)
bc: u = 0 on boundary
