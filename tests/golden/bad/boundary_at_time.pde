domain Omega: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_t = u_xx
bc: u = sin(x) on t = 0
bc: u = 0 on boundary
