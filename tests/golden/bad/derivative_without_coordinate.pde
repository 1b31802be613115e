domain Omega: x in [0, 1]
unknown u(x)
eq: d(u) = 1
bc: u = 0 on x = 0
