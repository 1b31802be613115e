domain Omega: x in [0, 1]
unknown u(x)
data probe(x, u1) "data/probe.csv"
eq: u_xx = probe.u1
bc: u = 0 on boundary
fit: u = probe.u1 on probe
