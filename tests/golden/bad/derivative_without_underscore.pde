domain Omega: x in [0, 1]
unknown u(x)
eq: uxx = 1
bc: u = 0 on boundary
