domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = 1
data probe(u1, u2) from "data/probe.csv"
fit: u = probe.u1 on probe
