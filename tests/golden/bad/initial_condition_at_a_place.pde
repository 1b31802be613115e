domain Omega: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_t = u_xx
ic: u = 0 at x = 0
bc: u = 0 on boundary
