domain Omega: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_t = u_xx
bc: u = 0 on boundary
ic: u = sin(pi*x) when t = 0
