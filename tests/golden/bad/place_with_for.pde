domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = 1
bc: u = 0 for x = 0
bc: u = 0 on x = 1
