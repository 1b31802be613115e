domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = 1
bc: u(y=0) = 0, u(x=1) = 0
