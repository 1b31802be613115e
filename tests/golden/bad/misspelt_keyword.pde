domain Omega: x in [0, 1]
unknwon u(x)
eq: u_xx = 1
bc: u = 0 on boundary
