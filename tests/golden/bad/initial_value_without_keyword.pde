domain Omega: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_t = u_xx
bc: u = 0 on boundary
u(x, 0) = sin(pi*x)
