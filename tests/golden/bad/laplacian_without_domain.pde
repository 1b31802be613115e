time t in [0, 1]
unknown u(t)
eq: u_t = lap(u)
ic: u = 1 at t = 0
