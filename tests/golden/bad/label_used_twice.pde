domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = 1
bc wall: u = 0 on x = 0
bc wall: u = 1 on x = 1
