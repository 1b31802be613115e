time t in [0, 1]
unknown u(t)
eq: u_t = -u
bc: u = 1 on boundary
