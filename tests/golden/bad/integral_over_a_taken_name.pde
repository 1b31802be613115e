time t in [0, 1]
unknown u(t)
eq: u = 1 + integral(u, t in [0, 1])
