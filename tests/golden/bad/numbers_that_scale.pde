domain Omega: x in [0, 1]
unknown u(x)
unknown k > 0 guess 1, q > 0 guess 1
data probe(x, u1) from "data/probe.csv"
eq: -k*u_xx = q
bc: u = 0  on boundary
fit: u = probe.u1  on probe
