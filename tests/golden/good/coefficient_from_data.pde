problem "A measured source"
domain  Omega: x in [0, 1]
unknown u(x)
data    probe(x, value) from "data/probe.csv"
eq: u_xx = probe.value
bc: u = 0  on boundary
