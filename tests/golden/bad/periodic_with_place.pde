domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx - u = 1
bc: u periodic in x on boundary
