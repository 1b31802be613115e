domain Omega: x in [0, 1]
data probe(x, temp) from "data/units.csv"
unknown u(x)
eq: u_xx = 1
fit: u = probe.temp on probe
