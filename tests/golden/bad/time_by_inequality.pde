domain Omega: x in [0, 1]
time 0 < t <= 1
unknown u(x, t)
eq: u_t = u_xx
bc: u = 0 on boundary
ic: u = sin(pi*x) at t = 0
