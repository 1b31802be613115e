param u1 = 2
domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = u1
bc: u = 0 on boundary
reference u1(x) from "data/probe.csv"
