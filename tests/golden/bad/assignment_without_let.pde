domain Omega: x in [0, 1]
unknown u(x)
f = sin(pi*x)
eq: u_xx = f
bc: u = 0 on boundary
