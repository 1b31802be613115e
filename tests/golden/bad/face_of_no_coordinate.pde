domain Omega: x in [0, 1]
time t in [0, 1]
param k = 2
unknown u(x, t)
eq: u_t = u_xx
ic: u = sin(pi*x) at t = 0
bc: u = 0 on k = 0, x = 1
