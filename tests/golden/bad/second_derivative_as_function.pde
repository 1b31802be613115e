domain Omega: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_t = dxx(u)
bc: u = 0 on boundary
ic: u = sin(pi*x) at t = 0
