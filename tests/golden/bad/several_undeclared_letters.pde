domain Omega: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_t = c^2*u_xx + f(x, t) + y
eq b: w_xx = 1
bc: u = 0 on boundary(D)
bc b: v periodic in x
ic: u = 0 at t = 0
