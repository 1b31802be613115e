domain Omega: x in [0, 1]
data probe(x, u1) from "data/probe.csv" lineer
unknown u(x)
eq: u_xx = probe.u1
bc: u = 0 on boundary
