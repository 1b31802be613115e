domain Omega: (x, t) in [0, 1] * [0, 2]
unknown u(x, t)
eq: u_t = u_xx
bc: u = 0 on x = 0, x = 1
ic: u = sin(pi*x) at t = 0
