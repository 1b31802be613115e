domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = 1
fit: u = 2*x
