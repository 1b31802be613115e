param L = 10 mm
domain Omega: x in [0, L]
unknown u(x)
eq: u_xx = 1
bc: u = 0 on boundary
