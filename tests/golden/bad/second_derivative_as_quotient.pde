time t in [0, 1]
unknown u(t)
eq: d^2u/dt^2 = -u
ic: u = 1, u_t = 0 at t = 0
