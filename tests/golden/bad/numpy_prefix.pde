domain Omega: x in [-1, 1]
unknown u(x)
eq: u_xx = np.sin(x)
bc: u = 0 on boundary
