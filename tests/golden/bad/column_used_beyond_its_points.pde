domain Omega: x in [0, 2]
unknown u(x)
data probe(x, u1) from "data/probe.csv"
eq: u_xx = probe.u1
bc: u = 0 on boundary
