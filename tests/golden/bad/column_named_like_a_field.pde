domain Omega: x in [0, 1]
unknown u1(x)
eq: u1_xx = 1
data probe(x, u1) from "data/probe.csv"
fit: u1 = probe.u1 on probe
