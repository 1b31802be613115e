domain Omega: x in [0, 1]
unknown u(x)
unknown k > 0 guess 1
data probe(x, u1) from "data/noisy.csv"
eq: u_xx = k
bc: u = 0 on boundary sigma = 0.01
fit: u = probe.u1 on probe
