time t in [0, 1]
unknown u(t)
eq: u_tt = -u
ic: u = 1 at t = 0
u_t(0) = 0
