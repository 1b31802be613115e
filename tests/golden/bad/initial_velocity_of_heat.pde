domain Omega: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_t = u_xx
ic: u = sin(pi*x), u_t = 0 at t = 0
bc: u = 0 on boundary
