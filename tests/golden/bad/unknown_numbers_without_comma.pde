domain Omega: x in [0, 1]
unknown u(x)
unknown k guess 1 c guess 2
eq: k*u_xx = c
bc: u = 0 on boundary
