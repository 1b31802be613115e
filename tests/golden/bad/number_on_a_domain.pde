domain Omega: x in [0, 1]
unknown u(x)
unknown k in Omega guess 1
eq: k*u_xx = 1
bc: u = 0 on boundary
eq middle: u = -0.1 at x = 0.5
