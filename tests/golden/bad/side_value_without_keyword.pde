domain Omega: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_t = u_xx
u(0, t) = 0
bc: u = 0 on x = 1
ic: u = sin(pi*x) at t = 0
