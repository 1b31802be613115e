problem "Heat"
domain  Omega: x in [0, 1]
time    t in [0, 1]
unknown u(x, t)
eq: u_t = u_xx
bc: u = 0  at x = 0, x = 1
ic: u = sin(pi*x)  at t = 0
