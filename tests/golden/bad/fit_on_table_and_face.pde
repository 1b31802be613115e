domain Omega: x in [0, 1]
unknown u(x)
data probe(x, u1) from "data/probe.csv"
eq: u_xx = 1
fit: u = probe.u1 on probe where x > 0.5
